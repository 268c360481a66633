import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readWorkloads } from '../../../tools/generate/manifests/workloads.ts'
import type { Target } from '../client/connects.ts'
import { type Probe, withProbes } from '../network-probes.ts'
import { isReady, type Pod } from '../objects.ts'
import { type Context, type Figure, NotPossibleHere, type Proof, promised, told } from '../proof.ts'

const root = join(import.meta.dirname, '../../..')
const stranger = 'stranger'
const enforcedWithinMs = 20_000
/** What the sandbox has in place of what is outside. */
const standIns: Readonly<Record<string, string>> = { 'mail-server': 'mail-catcher' }
/** What callers of a pod connect to is the first of these that it has; its other ports are nobody's here. */
const services = ['smtp', 'http', 'postgres', 'redis', 'client']

/** A port of a pod, what both are called, and whether it is the one for callers. */
type Door = Target & { readonly of: string; readonly called: string; readonly isService: boolean }

/** Every pair of the namespace is tried: who may connect by the table of who calls whom can, nobody else. */
export const networkPolicies: Proof = {
  name: 'network-policies',
  claim: 'Who is in the table of who calls whom can connect, and nobody else: every pair is tried',
  withinMs: 300_000,
  async run(context) {
    const pods = await onePodOfEach(context)
    const calls = await callsOf()
    const labels = new Map([...pods].map(([name, pod]) => [name, labelsOf(pod)]))
    labels.set(stranger, {})
    const doors = [...pods].flatMap(([name, pod]) => doorsOf(name, pod))
    return withProbes(context, labels, (probes) => judge(context, probes, doors, calls))
  },
}

type Pair = { readonly from: Probe; readonly door: Door; readonly may: boolean; readonly isOwn: boolean }
type Tried = Pair & { readonly connected: boolean; readonly how: string }

async function judge(
  context: Context,
  probes: readonly Probe[],
  doors: readonly Door[],
  calls: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Figure[]> {
  const tried: Tried[] = []
  for (const from of probes) {
    context.tell(`${from.name} tries ${doors.length} ports`)
    const pairs = doors.map((door) => ({
      ...{ from, door, may: mayConnect(from.name, door, calls), isOwn: from.name === door.of },
    }))
    tried.push(...(await tryPairs(context, from, pairs)))
  }
  const allowed = tried.filter(({ may }) => may)
  const refused = tried.filter(({ may, isOwn }) => !may && !isOwn)
  const open = refused.filter(({ connected }) => connected)
  if (open.length === refused.length)
    throw new NotPossibleHere('Network policies are not enforced here: everybody can connect to everybody.')
  const closed = allowed.filter(({ connected }) => !connected)
  const own = tried.filter(({ may, isOwn, connected }) => !may && isOwn && connected)
  return [
    promised(
      `of ${allowed.length} pairs that may connect, not able to`,
      list(closed),
      '0',
      closed.length === 0,
    ),
    promised(`of ${refused.length} pairs that may not, able to`, list(open), '0', open.length === 0),
    told('pods that can connect to others of their own kind, without being meant to', list(own)),
  ]
}

/** A controller takes a while to know a new pod: what is not as it should be is tried again before it is told. */
async function tryPairs(context: Context, from: Probe, pairs: readonly Pair[]): Promise<Tried[]> {
  const deadline = Date.now() + enforcedWithinMs
  for (;;) {
    const reached = await from.reach(pairs.map(({ door: { host, port } }) => ({ host, port })))
    const tried = pairs.map((pair, index) => {
      const { connected = false, how = 'not tried' } = reached[index] ?? {}
      return { ...pair, connected, how }
    })
    const isRight = tried.every(({ may, connected, isOwn }) => may === connected || isOwn)
    if (isRight || Date.now() > deadline) return tried
    await delay(1_000, undefined, { signal: context.signal })
  }
}

const list = (pairs: readonly Tried[]) =>
  pairs.length === 0 ? 0 : `${pairs.length}: ${pairs.slice(0, 10).map(describe).join(', ')}`

const describe = ({ from, door, how }: Tried) => `${from.name} → ${door.of} ${door.called} (${how})`

function mayConnect(from: string, door: Door, calls: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  if (from === door.of && door.called === 'route') return true
  return door.isService && (calls.get(from)?.has(door.of) ?? false)
}

/** Whom each workload calls, by the table that the policies are made of. */
async function callsOf(): Promise<Map<string, Set<string>>> {
  const workloads = await readWorkloads(root)
  return new Map(workloads.map(({ name, calls }) => [name, new Set(calls.map((to) => standIns[to] ?? to))]))
}

/** A ready pod of each name that there is in the namespace. */
async function onePodOfEach({ kubectl }: Context): Promise<Map<string, Pod>> {
  const pods = (await kubectl.list<Pod>('pods')).filter((pod) => isReady(pod) && nameOf(pod))
  return new Map(pods.map((pod) => [nameOf(pod), pod]))
}

const nameOf = ({ metadata }: Pod) => metadata.labels?.['app.kubernetes.io/name'] ?? ''

/** The labels that policies tell pods apart by: those of its template. */
const labelsOf = ({ metadata: { labels = {} } }: Pod) =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => name.startsWith('app.kubernetes.io/')))

function doorsOf(of: string, pod: Pod): Door[] {
  const host = pod.status.podIP ?? ''
  const ports = pod.spec.containers.flatMap(({ ports = [] }) => ports)
  const service = services.find((name) => ports.some((port) => port.name === name))
  return ports.map(({ name: called = '', containerPort: port }) => ({
    ...{ of, called, host, port },
    isService: called === service,
  }))
}
