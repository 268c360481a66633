import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../eventually.ts'
import type { Deployment } from '../objects.ts'
import { type Context, type Figure, type Proof, promised, seconds, told } from '../proof.ts'
import { settled } from '../rollout.ts'
import { describe, noneWrong, sumOf, underTraffic } from '../traffic.ts'
import { cpuOfPods } from '../usage.ts'

const most = 10
/**
 * They come within ten seconds, and each waits for up to some seconds between two requests: two cores are to serve them and
 * start pods, not one or the other.
 */
const users = 255
/** At most one pod of a Deployment in a while. Kubernetes starts up to as many as there are: here they would starve each other. */
const onePodInSeconds = 30
const upWithinMs = 480_000
const downWithinMs = 600_000
/** Until connections to the pods that were there before have been renewed, once a minute, and metrics-server has seen it. */
const settleMs = 90_000

/**
 * What siege asks for makes these work. The target is percent of what a pod requests, which is half of what it is in the
 * manifests (overlay): two cores, shared with PostgreSQL, siege and the cluster itself, cannot keep ten pods of each at the 70 %
 * of the manifests and answer everybody in time.
 */
const rounds = [
  {
    names: ['router', 'room'],
    // One replica of room takes in what follows from bookings: few, so that searches are what its pods have to do.
    guests: { bookings: 1, searches: 1, pages: 1, pauseMs: 500 },
    siege: { searches: 1_000, bookings: 0, pages: 0, delaySeconds: 6 },
    target: 30,
  },
  // A booking costs several times what a search does, with all that follows from it.
  {
    names: ['book', 'payment'],
    guests: { bookings: 1, searches: 1, pages: 1, pauseMs: 100 },
    siege: { searches: 0, bookings: 6_600, pages: 0, delaySeconds: 40 },
    target: 20,
  },
]

type Round = (typeof rounds)[number]

/** Few go on asking, so that a pod that is taken away has somebody to fail; so few that one pod is enough. */
const calmPeople = { bookings: 1, searches: 1, pages: 1, pauseMs: 1_000 }

/** The autoscalers of the manifests, from one pod to ten and back. */
export const autoscaling: Proof = {
  name: 'autoscaling',
  claim: 'Under siege -c255 autoscalers take a Deployment from 1 pod to 10 and back to 1; no request fails',
  withinMs: 1_800_000,
  async run(context) {
    context.note(
      `averageUtilization is ${rounds.map(({ target }) => target).join(' and ')} % of 50m while they grow, not 70 % of 100m: two cores cannot keep ten pods of each busy. The ${users} besiegers are five sieges of a fifth each, two seconds apart, with pauses of up to ${rounds.map(({ siege }) => siege.delaySeconds).join(' and ')} s. Of each Deployment one pod is started in ${onePodInSeconds} s, and they shrink after 15 s of calm, not 60 s.`,
    )
    const figures: Figure[] = []
    const all = rounds.flatMap(({ names }) => names)
    try {
      await Promise.all(all.map((name) => bound(context, name, { max: 1 })))
      await reach(context, all, 1, downWithinMs)
      for (const round of rounds) figures.push(...(await grow(context, round)))
      figures.push(...(await shrink(context, all)))
    } finally {
      await Promise.all(all.map((name) => bound(context, name, { min: 2, max: 2 })))
      await reach(context, all, 2, downWithinMs)
    }
    figures.push(await context.invariants())
    return figures
  },
}

async function grow(context: Context, { names, guests, siege, target }: Round): Promise<Figure[]> {
  const { tell, signal } = context
  const figures: Figure[] = []
  await Promise.all(names.map((name) => bound(context, name, { max: most, percent: target, slowly: true })))
  const traffic = await underTraffic(context, { guests, siege: { users, parts: 5, ...siege } }, async () => {
    tell(`siege -c${users}: ${names.join(' and ')} grow`)
    const up = await reach(context, names, most, upWithinMs)
    figures.push(
      ...names.map((name) => told(`${name}: from 1 to ${most} pods after`, seconds(up.get(name) ?? 0))),
    )
    await delay(settleMs, undefined, { signal })
    for (const name of names) figures.push(await spread(context, name))
  })
  const { failed } = sumOf(traffic)
  return [
    ...figures,
    promised(`requests while ${names.join(' and ')} grew`, describe(traffic), '0 failed', failed === 0),
    noneWrong(traffic),
  ]
}

async function shrink(context: Context, names: readonly string[]): Promise<Figure[]> {
  const figures: Figure[] = []
  const traffic = await underTraffic(context, { guests: calmPeople, siege: null }, async () => {
    await Promise.all(names.map((name) => bound(context, name, { max: most, calmSeconds: 15 })))
    const down = await reach(context, names, 1, downWithinMs)
    figures.push(...names.map((name) => told(`${name}: back to 1 pod after`, seconds(down.get(name) ?? 0))))
    await Promise.all(names.map((name) => settled(context, name)))
  })
  const { failed } = sumOf(traffic)
  return [...figures, promised('requests while all shrank', describe(traffic), '0 failed', failed === 0)]
}

type Bounds = {
  min?: number
  max: number
  /** How busy pods are to be, of what they request. */
  percent?: number
  /** How long it has to be calm before pods are taken away. */
  calmSeconds?: number
  /** Whether pods are started one after the other. */
  slowly?: boolean
}

/** What Kubernetes does unless told otherwise. */
const asUsual = [
  { type: 'Percent', value: 100, periodSeconds: 15 },
  { type: 'Pods', value: 4, periodSeconds: 15 },
]
const oneByOne = [{ type: 'Pods', value: 1, periodSeconds: onePodInSeconds }]

/** Sets how few and how many pods the autoscaler of a Deployment may have, and when. */
const bound = (
  { kubectl }: Context,
  name: string,
  { min = 1, max, percent = 70, calmSeconds = 60, slowly = false }: Bounds,
) =>
  kubectl.patch(
    'horizontalpodautoscaler',
    name,
    [
      { op: 'replace', path: '/spec/minReplicas', value: min },
      { op: 'replace', path: '/spec/maxReplicas', value: max },
      { op: 'replace', path: '/spec/metrics/0/containerResource/target/averageUtilization', value: percent },
      { op: 'replace', path: '/spec/behavior/scaleUp/policies', value: slowly ? oneByOne : asUsual },
      { op: 'replace', path: '/spec/behavior/scaleDown/stabilizationWindowSeconds', value: calmSeconds },
    ],
    'json',
  )

/** Waits until each has so many pods, all available; how long that took for each, milliseconds. */
async function reach(context: Context, names: readonly string[], count: number, withinMs: number) {
  const since = Date.now()
  const reached = new Map<string, number>()
  let said = ''
  await eventually(
    `${names.join(' and ')} have ${count} pods`,
    withinMs,
    async () => {
      const deployments = await Promise.all(
        names.map((name) => context.kubectl.get<Deployment>('deployment', name)),
      )
      for (const { metadata, status } of deployments) {
        const isThere = (status.availableReplicas ?? 0) === count && (status.replicas ?? 0) === count
        if (isThere && !reached.has(metadata.name)) reached.set(metadata.name, Date.now() - since)
      }
      const counts = deployments.map(
        ({ metadata, status }) => `${metadata.name} ${status.availableReplicas ?? 0}`,
      )
      if (counts.join() !== said) context.tell(`pods available: ${counts.join(', ')}`)
      said = counts.join()
      return reached.size === names.length
    },
    { everyMs: 1_000, signal: context.signal },
  )
  return reached
}

/** Whether the work is shared: connections follow the pods. */
async function spread(context: Context, name: string): Promise<Figure> {
  const usage = await cpuOfPods(context, name)
  const mean = usage.reduce((sum, cores) => sum + cores, 0) / Math.max(1, usage.length)
  const busiest = Math.max(...usage)
  const times = busiest / mean
  const measured = `${usage.length} pods, mean ${(1_000 * mean).toFixed(0)}m, busiest ${(1_000 * busiest).toFixed(0)}m: ${times.toFixed(2)} times`
  return promised(`${name}: processor time of its busiest pod`, measured, '≤ 2 times the mean', times <= 2)
}
