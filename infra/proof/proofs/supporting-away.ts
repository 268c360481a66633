import { setTimeout as delay } from 'node:timers/promises'
import { rolledOut } from '../deploy.ts'
import { eventually } from '../eventually.ts'
import { NAMESPACE } from '../kubectl.ts'
import { readNats } from '../nats-monitor.ts'
import type { Deployment } from '../objects.ts'
import { type Context, type Proof, promised, seconds, told } from '../proof.ts'
import { allAnswered, latencies, noneWrong, underTraffic } from '../traffic.ts'

const supporting = ['notification', 'marketing', 'mypage', 'servicecenter']
/** As promised; whoever only tries it may ask for less. */
const awayMs = Number(process.env.PROOF_AWAY_SECONDS ?? 300) * 1_000
/** Nobody looks at My Page while it is away; searches leave out what marketing adds. */
const people = { bookings: 3, searches: 0, pages: 0, pauseMs: 100 }
const caughtUpWithinMs = 600_000

/** All supporting services are scaled to none at the same time: bookings go on, and what they missed is taken in later. */
export const supportingAway: Proof = {
  name: 'supporting-away',
  claim:
    'Supporting services are scaled to none for five minutes, and back: every booking succeeds, and they catch up',
  withinMs: awayMs + 600_000,
  async run(context) {
    const replicas = await Promise.all(supporting.map((name) => replicasOf(context, name)))
    const scale = (to: readonly number[]) =>
      Promise.all(supporting.map((name, index) => scaleTo(context, name, to[index] ?? 1)))
    const traffic = await underTraffic(context, { guests: people, siege: null }, async () => {
      try {
        await scale(supporting.map(() => 0))
        context.tell(`${supporting.join(', ')} are away for ${seconds(awayMs)}`)
        await delay(awayMs, undefined, { signal: context.signal })
      } finally {
        await scale(replicas)
      }
      await rolledOut(context.kubectl, supporting, context)
    })
    const since = Date.now()
    const missed = await waiting(context)
    const isCaughtUp = async () => (await waiting(context)) === 0
    await eventually('nothing waits for a consumer any more', caughtUpWithinMs, isCaughtUp, context)
    const caughtUpAfter = Date.now() - since
    return [
      told('away', `${supporting.join(', ')}, all at once, for ${seconds(awayMs)}`),
      allAnswered('bookings from before until all were back', traffic),
      noneWrong(traffic),
      latencies(traffic),
      promised(
        'events that still waited when all were ready again, and until none did',
        `${missed}, ${seconds(caughtUpAfter)}`,
        `≤ ${seconds(caughtUpWithinMs)}`,
        caughtUpAfter <= caughtUpWithinMs,
      ),
      await context.invariants(),
    ]
  },
}

const replicasOf = async ({ kubectl }: Context, name: string) =>
  (await kubectl.get<Deployment>('deployment', name)).spec.replicas

const scaleTo = ({ kubectl }: Context, name: string, replicas: number) =>
  kubectl.run(['scale', `deployment/${name}`, `--replicas=${replicas}`, '--namespace', NAMESPACE])

const waiting = async ({ kubectl }: Context) =>
  (await readNats(kubectl)).consumers.reduce((sum, consumer) => sum + consumer.waiting, 0)
