import { rolledOut } from '../deploy.ts'
import { dispensableNode, spreadOut, watchAvailable } from '../nodes.ts'
import { type Proof, promised, seconds, told } from '../proof.ts'
import { replacePods } from '../rollout.ts'
import { allAnswered, noneWrong, underTraffic } from '../traffic.ts'

const drainedWithinMs = 240_000
/** Of two pods the budgets let one go at a time. */
const fewestAvailable = 1

/** A node is emptied as for maintenance, while everybody goes on. */
export const nodeDrain: Proof = {
  name: 'node-drain',
  claim: 'A node is drained while guests go on: budgets are kept to, and no request fails',
  withinMs: 600_000,
  async run(context) {
    const { kubectl, deployments } = context
    const node = await dispensableNode(context)
    await spreadOut(context, (name) => replacePods(context, name))
    const watch = watchAvailable(context)
    let tookMs = 0
    try {
      const traffic = await underTraffic(context, {}, async () => {
        context.tell(`draining ${node}`)
        const since = Date.now()
        const options = [
          '--ignore-daemonsets',
          '--delete-emptydir-data',
          '--timeout',
          `${drainedWithinMs / 1_000}s`,
        ]
        await kubectl.run(['drain', node, ...options], { withinMs: drainedWithinMs + 10_000 })
        tookMs = Date.now() - since
        await rolledOut(kubectl, deployments, context)
      })
      const fewest = await watch.stop()
      const low = Math.min(...fewest.values())
      return [
        allAnswered('requests meanwhile', traffic),
        noneWrong(traffic),
        promised(
          'fewest available pods of a Deployment, of two',
          low,
          `≥ ${fewestAvailable}`,
          low >= fewestAvailable,
        ),
        told('the drain took', seconds(tookMs)),
        await context.invariants(),
      ]
    } finally {
      await watch.stop()
      await kubectl.run(['uncordon', node])
      await spreadOut(context, (name) => replacePods(context, name))
    }
  },
}
