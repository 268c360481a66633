import { setTimeout as delay } from 'node:timers/promises'
import { rolledOut } from '../deploy.ts'
import { eventually } from '../eventually.ts'
import { dispensableNode, spreadOut } from '../nodes.ts'
import { is, type Node } from '../objects.ts'
import { NotPossibleHere, type Proof, promised, seconds, told } from '../proof.ts'
import { replacePods } from '../rollout.ts'
import { availability, describe, longestGap, noneWrong, sumOf, underTraffic } from '../traffic.ts'

const resumedMs = 45_000
/** Longer than the promise, so that it can be seen broken. */
const watchedMs = 75_000
const backWithinMs = 120_000

/** A node loses its power. */
export const nodeKilled: Proof = {
  name: 'node-killed',
  claim: 'A node is killed at once: bookings resume by themselves, and nobody is told anything untrue',
  withinMs: 600_000,
  async run(context) {
    const { kubectl, machines, deployments, signal } = context
    if (!machines) throw new NotPossibleHere('Nobody can take the power from a node of this cluster for us.')
    const node = await dispensableNode(context)
    await spreadOut(context, (name) => replacePods(context, name))
    let killedAt = 0
    try {
      const traffic = await underTraffic(context, { siege: null }, async () => {
        context.tell(`killing ${node}`)
        killedAt = Date.now()
        await machines.kill(node)
        await delay(watchedMs, undefined, { signal })
      })
      const gap = longestGap(traffic, 'booking')
      const after = traffic.guests.counts.booking?.gaps.filter(({ to }) => to > killedAt) ?? []
      const resumed = Math.max(0, ...after.map(({ to }) => to - killedAt))
      const figures = [
        promised(
          'bookings went on for good, after',
          seconds(resumed),
          '≤ 45 s',
          resumed <= resumedMs && gap <= resumedMs,
        ),
        noneWrong(traffic),
        told('requests meanwhile', `${describe(traffic)}; in all ${availability(sumOf(traffic))}`),
        told(
          'longest time without a booking, a search, a page',
          (['booking', 'search', 'page'] as const)
            .map((kind) => seconds(longestGap(traffic, kind)))
            .join(', '),
        ),
      ]
      await revive()
      return [...figures, await context.invariants()]
    } finally {
      await revive()
    }

    /** What was measured stands, however the cluster comes back; the next proof sees whether it did. */
    async function revive() {
      await powerOn().catch((error: unknown) => context.note(`${node} came back late: ${error}`))
    }

    async function powerOn() {
      const isUp = async () => is('Ready', (await kubectl.get<Node>('node', node)).status.conditions)
      if (killedAt === 0) return
      killedAt = 0
      await machines?.revive(node)
      await eventually(`${node} is ready again`, backWithinMs, isUp)
      await rolledOut(kubectl, deployments, { tell: context.tell, signal: new AbortController().signal })
      await spreadOut(context, (name) => replacePods(context, name))
    }
  },
}
