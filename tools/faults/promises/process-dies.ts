import { setTimeout as delay } from 'node:timers/promises'
import { backAgain } from '../crash-points.ts'
import { quiet } from '../quiescence.ts'
import { type Answer, asksToTryAgain, keepDoing } from './guests.ts'
import { type Measured, type Promised, seconds, type Trial } from './promise.ts'

const limitMs = 5_000
/** Guests wait so long after an answer, so that a refusal at once is not a flood. */
const pauseMs = 40
const guestsAtATime = 8
/** After this the process is back, and what still fails would be seen. */
const watchedMs = 6_000
const services = ['book', 'payment', 'room', 'router', 'mypage', 'notification', 'marketing', 'servicecenter']
const servers = ['postgres', 'nats', 'redis']

/** Something of each service; a booking is half of all that is asked for. */
const questions = [
  '{ myPage { asOf guest { bookings(first: 5) { totalCount } } } }',
  '{ searchRooms(first: 5) { edges { node { id name popularity } } } }',
  '{ myNotifications(first: 5) { edges { node { id } } } }',
  '{ complaints(first: 5) { edges { node { id } } } }',
]

/** kill -9 of one of these processes, the only one of its kind: for how long somebody is asked to try again. */
export const oneDies = (...names: readonly string[]): Promised => ({
  name: 'promises: one process dies',
  async tryIt(trial) {
    const rows: Measured[] = []
    for (const name of names) rows.push(await kill(trial, name))
    return rows
  },
})

/** Any of them. */
export const processDies = oneDies(...services, ...servers)

/** Kills a process under load. */
async function kill({ stage, guests, tell }: Trial, name: string): Promise<Measured> {
  await guests.roomsFor(3_000)
  await quiet(stage)
  const answers: Answer[] = []
  const unknown: Promise<Answer>[] = []
  let turn = 0
  const load = keepDoing(guestsAtATime, pauseMs, async (worker) => {
    turn += 1
    const question = questions[turn % (2 * questions.length)]
    if (question) return void answers.push(await guests.ask(`guest${1 + worker}`, question))
    const intent = guests.intent()
    const answer = await guests.book(intent)
    answers.push(answer)
    if (asksToTryAgain(answer)) unknown.push(guests.insist(intent))
  })
  await delay(1_500)
  const killedAt = Date.now()
  stage.system.kill(name)
  await delay(20)
  await backAgain(stage, name)
  const readyAfter = Date.now() - killedAt
  await delay(watchedMs)
  await load.stop()
  const asked = answers.filter(asksToTryAgain)
  const window = Math.max(0, ...asked.map(({ at, ms }) => at + ms - killedAt))
  const ended = await Promise.all(unknown)
  const open = ended.filter(({ kind }) => kind !== 'RoomBooked').length
  const lastEnded = Math.max(0, ...ended.map(({ at, ms }) => at + ms - killedAt))
  const kinds = [...new Set(asked.map(({ kind }) => kind ?? 'no answer'))].join(', ')
  const measured =
    `${asked.length} of ${answers.length} answers ask to try again${kinds && ` (${kinds})`}, the last after ` +
    `${seconds(window)}; ready after ${seconds(readyAfter)}; ${open} of ${ended.length} bookings asked for again are not made, the last after ${seconds(lastEnded)}`
  tell(`${name}: ${measured}`)
  return {
    promise: `kill -9 of ${name}: answers that ask to try again`,
    measured,
    limit: '5 s',
    holds: window <= limitMs && open === 0 && answers.length > asked.length,
  }
}
