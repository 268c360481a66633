import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../eventually.ts'
import { createHand } from '../hand.ts'
import { NAMESPACE } from '../kubectl.ts'
import { readNats } from '../nats-monitor.ts'
import type { Pod } from '../objects.ts'
import { type Context, type Figure, type Proof, promised, seconds } from '../proof.ts'
import { alertsNow, hastenedBy, type Told, whileWatched } from '../watched.ts'

/** Few: they are to leave events that consumers have to take in. */
const people = { bookings: 2, searches: 1, pages: 1, pauseMs: 500 }
const quietMs = 60_000
const firesWithinMs = 240_000
const resolvedWithinMs = 300_000
/** A container is killed so often; the kubelet waits longer each time before it starts it again. */
const kills = 4

/** Something that really happens in the cluster, and the alert that tells of it. */
type Fault = {
  readonly what: string
  readonly alert: Readonly<Record<string, string>>
  /** Lets it happen; what is returned ends it. */
  inject(context: Context): Promise<() => Promise<unknown>>
}

const faults: readonly Fault[] = [
  {
    what: `a pod is killed ${kills} times`,
    alert: { alertname: 'ServiceRestarts', job: 'marketing' },
    inject: killAgainAndAgain,
  },
  {
    what: 'a consumer is stopped (JetStream pauses it)',
    alert: { alertname: 'ConsumerStopped', consumer: 'notification', context: 'book' },
    inject: (context) => pause(context, 'BOOK', 'notification'),
  },
  {
    what: "Redis' disk is full",
    alert: { alertname: 'ConsumerStopped', consumer: 'mypage', context: 'book' },
    inject: fillDisk,
  },
]

/** Alerts are told in a cluster, too: Prometheus as the component has it, and what it asks through network policies. */
export const alerts: Proof = {
  name: 'alerts',
  claim:
    'Prometheus in the cluster tells of a pod that is killed, a consumer that is stopped, and a disk that is full',
  withinMs: 1_500_000,
  run(context) {
    context.note(`Durations of the rules are divided by ${hastenedBy}; Prometheus looks every 4 s.`)
    return whileWatched(context, async () => {
      const guests = await context.guests(people)
      const figures: Figure[] = []
      await eventually(
        'no alert is told',
        resolvedWithinMs,
        async () => (await firing(context)).length === 0,
        context,
      )
      context.tell('nothing is wrong')
      await delay(quietMs, undefined, { signal: context.signal })
      const early = (await firing(context)).map(({ labels }) => labels.alertname)
      figures.push(
        promised('alerts told in a minute without a fault', early.join(', ') || 0, '0', early.length === 0),
      )
      for (const fault of faults) figures.push(await tryFault(context, fault))
      await guests.stop()
      return [...figures, await context.invariants()]
    })
  },
}

async function tryFault(context: Context, { what, alert, inject }: Fault): Promise<Figure> {
  const { tell } = context
  const isTold = async () => (await firing(context)).some(({ labels }) => isOf(labels, alert))
  tell(what)
  const since = Date.now()
  const end = await inject(context)
  let firedAfter: number | null = null
  try {
    await eventually(`${alert.alertname} is told`, firesWithinMs, isTold, { everyMs: 1_000, ...context })
    firedAfter = Date.now() - since
    tell(`${alert.alertname} after ${seconds(firedAfter)}`)
  } finally {
    await end()
  }
  const endedAt = Date.now()
  const isOver = async () => !(await isTold())
  await eventually(`${alert.alertname} is taken back`, resolvedWithinMs, isOver, {
    everyMs: 1_000,
    ...context,
  })
  const measured = `${alert.alertname} (${alert.job ?? alert.consumer}) after ${seconds(firedAfter)}, taken back ${seconds(Date.now() - endedAt)} after its end`
  return promised(what, measured, 'told, and taken back', true)
}

const firing = async (context: Context): Promise<Told[]> =>
  (await alertsNow(context)).filter(({ state }) => state === 'firing')

const isOf = (labels: Told['labels'], wanted: Fault['alert']) =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value)

async function killAgainAndAgain({ kubectl, image, signal }: Context) {
  const hand = createHand(kubectl, image)
  const [victim] = await kubectl.list<Pod>('pods', { selector: 'app.kubernetes.io/name=marketing' })
  if (!victim) throw new Error('marketing has no pod')
  const restarts = async () => {
    const pod = await kubectl.get<Pod>('pod', victim.metadata.name)
    return { pod, count: pod.status.containerStatuses?.[0]?.restartCount ?? 0 }
  }
  const before = (await restarts()).count
  for (let killed = 0; killed < kills; killed += 1) {
    const { pod } = await restarts()
    await hand.send(pod, 'SIGKILL')
    const isBack = async () => {
      const { pod: again, count } = await restarts()
      const [status] = again.status.containerStatuses ?? []
      return count > before + killed && status?.state?.running !== undefined
    }
    await eventually(`${victim.metadata.name} runs again`, 120_000, isBack, { signal })
    // Prometheus is to have seen it.
    await delay(6_000, undefined, { signal })
  }
  return () => hand.close()
}

/** Has JetStream hand nothing to a consumer, as an operator can: asked by a process of ours that may connect. */
async function pause(context: Context, stream: string, consumer: string) {
  const { consumers } = await readNats(context.kubectl)
  if (!consumers.some((one) => one.stream === stream && one.name === consumer))
    throw new Error(`${stream} has no consumer ${consumer}`)
  const until = (ms: number) => setPause(context, stream, consumer, new Date(Date.now() + ms).toISOString())
  await until(3_600_000)
  return () => until(-1_000)
}

async function setPause(
  { kubectl }: Context,
  stream: string,
  consumer: string,
  until: string,
): Promise<void> {
  const program = `
    const { createRequire } = require('node:module')
    const kit = createRequire('/app/packages/kit/package.json')
    const { natsOptions } = kit('./src/nats-options.ts')
    kit('nats').connect(natsOptions(process.env.NATS_URL)).then(async (nats) => {
      const asked = JSON.stringify({ pause_until: ${JSON.stringify(until)} })
      const answer = await nats.request('$JS.API.CONSUMER.PAUSE.${stream}.${consumer}', asked)
      console.log(answer.string())
      await nats.close()
    })`
  const exec = ['exec', '--namespace', NAMESPACE, 'deployment/book', '--container', 'myhotel', '--']
  const answer = await kubectl.run([...exec, '/usr/bin/node', '-e', program])
  if (/"error"/.test(answer)) throw new Error(`JetStream refuses to pause ${consumer}: ${answer}`)
}

async function fillDisk({ kubectl }: Context) {
  const inRedis = (...command: string[]) =>
    kubectl.run(['exec', '--namespace', NAMESPACE, 'redis-0', '--', ...command])
  // It ends with an error: the disk is full.
  await inRedis('dd', 'if=/dev/zero', 'of=/data/filler', 'bs=1M').catch(() => undefined)
  return () => inRedis('rm', '/data/filler')
}
