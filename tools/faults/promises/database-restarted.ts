import { setTimeout as delay } from 'node:timers/promises'
import { backAgain } from '../crash-points.ts'
import { quiet } from '../quiescence.ts'
import { asksToTryAgain, keepDoing } from './guests.ts'
import { type Measured, type Promised, seconds, type Trial } from './promise.ts'

const guestsAtATime = 8
const watchedMs = 8_000
const enough = 50

/** PostgreSQL goes down under load, in order and by force. Nobody does anything about it but start it again. */
export const databaseRestarted: Promised = {
  name: 'promises: the database is restarted',
  async tryIt(trial) {
    const { system } = trial.stage
    const inOrder = await restart(trial, 'in order', async () => {
      await system.stop('postgres')
      await system.start('postgres')
      await system.waitReady('postgres')
    })
    const byForce = await restart(trial, 'by kill -9', async () => {
      system.kill('postgres')
      await delay(50)
      await backAgain(trial.stage, 'postgres')
    })
    return [inOrder, byForce]
  },
}

async function restart({ stage, guests }: Trial, how: string, work: () => Promise<void>): Promise<Measured> {
  await guests.roomsFor(3_000)
  const died = () =>
    stage.system.processes.filter(({ kind }) => kind !== 'infrastructure').map(({ pid }) => pid)
  const before = died().join()
  const unknown: Promise<{ kind: string | null }>[] = []
  let since = 0
  let again = 0
  let firstAfter = 0
  let bookedAfter = 0
  const load = keepDoing(guestsAtATime, 40, async () => {
    const intent = guests.intent()
    const answer = await guests.book(intent)
    if (asksToTryAgain(answer)) {
      again += 1
      unknown.push(guests.insist(intent))
    } else if (since > 0 && answer.at > since && answer.kind === 'RoomBooked') {
      firstAfter ||= answer.at + answer.ms - since
      bookedAfter += 1
    }
  })
  await delay(1_500)
  const began = Date.now()
  await work()
  since = Date.now()
  await delay(watchedMs)
  await load.stop()
  const ended = await Promise.all(unknown)
  const open = ended.filter(({ kind }) => kind !== 'RoomBooked').length
  const took = await quiet(stage)
  const survived = died().join() === before
  const measured =
    `down for ${seconds(since - began)}, the first new booking ${seconds(firstAfter)} later, ${bookedAfter} in ` +
    `${seconds(watchedMs)}; ${again} guests had to ask again and ${again - open} of them are booked; at rest after ` +
    `${seconds(took)}; ${survived ? 'no service died of it' : 'a service died and was started again by itself'}`
  const holds = bookedAfter >= enough && open === 0
  return {
    promise: `PostgreSQL restarted ${how} under load`,
    measured,
    limit: 'no manual step; all goes on',
    holds,
  }
}
