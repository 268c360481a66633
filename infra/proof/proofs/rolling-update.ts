import { type Figure, type Proof, promised, told } from '../proof.ts'
import { replacePods } from '../rollout.ts'
import { allAnswered, latencies, noneWrong, sumOf, type Traffic, underTraffic } from '../traffic.ts'

const asMany = 20_000

/** Each of the eight Deployments gets new pods while everybody goes on. */
export const rollingUpdate: Proof = {
  name: 'rolling-update',
  claim:
    'Each Deployment is replaced pod by pod while guests book, search and look at My Page, and no request fails',
  withinMs: 900_000,
  async run(context) {
    const figures: Figure[] = []
    let asked = 0
    let slowest: Traffic | undefined
    for (const name of context.deployments) {
      context.tell(`rolling ${name}`)
      const since = Date.now()
      const traffic = await underTraffic(context, {}, () => replacePods(context, name))
      figures.push(allAnswered(`${name}, replaced in ${Math.round((Date.now() - since) / 1_000)} s`, traffic))
      const outcomes = noneWrong(traffic)
      if (!outcomes.holds) figures.push(outcomes)
      asked += sumOf(traffic).asked
      slowest = slower(traffic, slowest)
    }
    figures.push(promised('requests in all', asked, `≥ ${asMany.toLocaleString('en-GB')}`, asked >= asMany))
    if (slowest) figures.push(latencies(slowest))
    figures.push(
      told('of them by siege', 'a connection each; the others by kept connections without a pause'),
    )
    figures.push(await context.invariants())
    return figures
  },
}

const slower = (one: Traffic, other: Traffic | undefined) =>
  (one.guests.counts.booking?.latency.max ?? 0) > (other?.guests.counts.booking?.latency.max ?? -1)
    ? one
    : other
