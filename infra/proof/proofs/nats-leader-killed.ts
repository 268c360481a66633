import { eventually } from '../eventually.ts'
import { createHand, type Hand } from '../hand.ts'
import { readNats } from '../nats-monitor.ts'
import { isReady, type Pod } from '../objects.ts'
import { type Context, NotPossibleHere, type Proof, promised, seconds, told } from '../proof.ts'
import { allAnswered, latencies, noneWrong, underTraffic } from '../traffic.ts'

const copies = 3
const kills = 2
const ledAgainWithinMs = 30_000
const backWithinMs = 90_000
const caughtUpWithinMs = 600_000

/** The server that leads most streams is killed, twice: the outboxes publish to whoever leads next. */
export const natsLeaderKilled: Proof = {
  name: 'nats-leader-killed',
  claim:
    'The leader of three NATS servers is killed under load, twice: no event is lost, every booking succeeds',
  withinMs: 600_000,
  async run(context) {
    const before = await streams(context)
    const kept = before.filter(({ replicas }) => replicas === copies)
    if (kept.length === 0)
      throw new NotPossibleHere('No stream is kept three times here: nobody could lead it instead.')
    const hand = createHand(context.kubectl, context.image)
    const led: number[] = []
    try {
      const traffic = await underTraffic(context, { siege: null }, async () => {
        for (let kill = 0; kill < kills; kill += 1) led.push(await killLeader(context, hand))
      })
      const caughtUpAfter = await catchUp(context)
      return [
        promised(
          'streams kept three times',
          `${kept.length} of ${before.length}`,
          'all',
          kept.length === before.length,
        ),
        told('every stream has a leader again after', led.map(seconds).join(', ')),
        allAnswered('requests meanwhile', traffic),
        noneWrong(traffic),
        latencies(traffic),
        told('every consumer has taken everything in, after the load', seconds(caughtUpAfter)),
        // I8: what was announced is in the stream and was seen by every consumer, without gaps.
        await context.invariants(),
      ]
    } finally {
      await hand.close()
    }
  },
}

/** @returns milliseconds until every stream had a leader again; waits until the killed server is back */
async function killLeader(context: Context, hand: Hand): Promise<number> {
  const { kubectl, signal, tell } = context
  const before = await streams(context)
  const leader = mostLeading(before.flatMap((stream) => stream.leader ?? []))
  const pod = await kubectl.get<Pod>('pod', leader)
  const leads = before.filter((stream) => stream.leader === leader).length
  tell(`${leader}, which leads ${leads} of ${before.length} streams, is killed`)
  const since = Date.now()
  await hand.send(pod, 'SIGKILL')
  const isBack = async () => {
    const now = await kubectl.get<Pod>('pod', leader)
    return restartsOf(now) > restartsOf(pod) && isReady(now)
  }
  /** By another server, or by the one that was killed, once it runs again. */
  const isLed = async () => {
    const [now, back] = await Promise.all([streams(context), isBack()])
    return now.length === before.length && now.every((one) => one.leader && (one.leader !== leader || back))
  }
  await eventually('every stream has a leader again', ledAgainWithinMs, isLed, {
    everyMs: 200,
    signal,
  })
  const took = Date.now() - since
  await eventually(`${leader} is back`, backWithinMs, isBack, { signal })
  return took
}

/** @returns milliseconds until nothing waited for a consumer any more */
async function catchUp({ kubectl, signal }: Context): Promise<number> {
  const since = Date.now()
  const isAtRest = async () => {
    const { consumers } = await readNats(kubectl)
    return consumers.length > 0 && consumers.every(({ waiting }) => waiting === 0)
  }
  await eventually('nothing waits for a consumer any more', caughtUpWithinMs, isAtRest, { signal })
  return Date.now() - since
}

const streams = async ({ kubectl }: Context) => (await readNats(kubectl)).streams

const restartsOf = ({ status }: Pod) => status.containerStatuses?.[0]?.restartCount ?? 0

function mostLeading(leaders: readonly string[]): string {
  const counted = Object.entries(Object.groupBy(leaders, (leader) => leader))
  const [most] = counted.toSorted(([, one], [, other]) => (other?.length ?? 0) - (one?.length ?? 0))
  if (!most) throw new Error('No stream has a leader.')
  return most[0]
}
