import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from './eventually.ts'
import { NAMESPACE, type Named } from './kubectl.ts'
import { isReady, type Pod } from './objects.ts'
import { type Context, type Figure, promised, told } from './proof.ts'
import { askedOfProvider, switchProvider } from './provider.ts'

/**
 * Answers of the provider that are lost, one at a time, and the time between two: its breaker stays closed. What was lost is
 * done: payment asks what became of it, and does not charge again.
 */
const losses = 8
const betweenMs = 900
const provider = 'payment-provider'
/** Called over HTTP, and no rule speaks of it. */
const bystander = 'identity-provider'
const knownWithinMs = 60_000
/** Harsher than what Istio does of itself, which is to send again only what surely never arrived. */
const harsh = 'defaultHttpRetryPolicy:\n  attempts: 3\n  retryOn: 5xx,reset,connect-failure\n'
const system = 'istio-system'

type VirtualService = Named & { apiVersion: string; kind: string; spec: { hosts: string[] } }
type MeshConfig = Named & { data: { mesh: string } }

/**
 * The mesh is told to send again whatever fails, and answers of the provider are lost now and then: a booking is sent once all the same,
 * by what the provider itself has counted. Where the rules for money are away, it is not.
 */
export async function sentOnce(context: Context): Promise<Figure[]> {
  const { kubectl, signal, tell } = context
  const { data } = await kubectl.get<MeshConfig>('configmap', 'istio', { namespace: system })
  const setMesh = (mesh: string) =>
    kubectl.run([
      'patch',
      'configmap',
      'istio',
      '--namespace',
      system,
      '--type',
      'merge',
      '--patch',
      JSON.stringify({ data: { mesh } }),
    ])
  const rules = await rulesForProvider(context)
  try {
    tell('the mesh sends again what fails; the rules for money say that it does not')
    await setMesh(`${data.mesh.trimEnd()}\n${harsh}`)
    await eventually(
      'sidecars send again what fails',
      knownWithinMs,
      async () => (await routesOf(context, 'router', bystander)).some(sendsFailuresAgain),
      { signal },
    )
    const kept = await sent(context)
    const toPayment = (await routesOf(context, 'book', 'payment')).filter(sendsAgain).length
    tell('the same without the rules')
    for (const { metadata } of rules)
      await kubectl.run(['delete', 'virtualservice', metadata.name, '--namespace', NAMESPACE])
    await eventually(
      'payment sends again what fails',
      knownWithinMs,
      async () => (await routesOf(context, 'payment', provider)).some(sendsFailuresAgain),
      {
        signal,
      },
    )
    const lost = await sent(context)
    return [
      promised(
        'payments that the provider was asked for more than once',
        `${kept.twice} of ${kept.all}, with ${losses} answers of it lost`,
        '0',
        kept.twice === 0 && kept.all > losses,
      ),
      promised("routes of book's sidecar to payment that send again", toPayment, '0', toPayment === 0),
      promised(
        'the same without our VirtualService for the provider',
        `${lost.twice} of ${lost.all}`,
        'more than 0: the mesh would send again',
        lost.twice > 0,
      ),
      told(
        'what the mesh was told for this',
        'attempts: 3 on 5xx and resets, for every request without a rule of its own',
      ),
    ]
  } finally {
    await switchProvider(kubectl, null)
    await setMesh(data.mesh)
    await kubectl.apply(
      ...rules.map(({ apiVersion, kind, metadata: { name, labels }, spec }) => ({
        apiVersion,
        kind,
        metadata: { name, labels, namespace: NAMESPACE },
        spec,
      })),
    )
  }
}

/** Books while an answer of the provider is lost now and then. @returns keys that it was asked to pay for, and those asked for again */
async function sent(context: Context): Promise<{ all: number; twice: number }> {
  const { kubectl, signal } = context
  const before = new Map((await askedOfProvider(kubectl)).map(({ key, times }) => [key, times]))
  const guests = await context.guests({ bookings: 2, pauseMs: 100 })
  for (let loss = 0; loss < losses; loss += 1) {
    await switchProvider(kubectl, { loseNext: 1, operations: ['pay'] })
    await delay(betweenMs, undefined, { signal })
  }
  await switchProvider(kubectl, null)
  await guests.stop()
  const asked = (await askedOfProvider(kubectl)).filter(({ key }) => !before.has(key))
  return { all: asked.length, twice: asked.filter(({ times }) => times > 1).length }
}

async function rulesForProvider({ kubectl }: Context): Promise<VirtualService[]> {
  const all = await kubectl.list<VirtualService>('virtualservices.networking.istio.io')
  return all.filter(({ spec }) => spec.hosts.some((host) => host.split('.')[0] === provider))
}

type Route = { route?: { cluster?: string; retry_policy?: { num_retries?: number; retry_on?: string } } }

const sendsAgain = ({ route }: Route) => (route?.retry_policy?.num_retries ?? 0) > 0
const sendsFailuresAgain = (route: Route) =>
  sendsAgain(route) && (route.route?.retry_policy?.retry_on?.includes('5xx') ?? false)

/** The routes of a workload's sidecar to a service, by the sidecar's own word. */
async function routesOf({ kubectl }: Context, workload: string, to: string): Promise<Route[]> {
  const selector = `app.kubernetes.io/name=${workload},app.kubernetes.io/component`
  const pod = (await kubectl.list<Pod>('pods', { selector })).find(isReady)
  if (!pod) throw new Error(`No pod of ${workload} is ready.`)
  const ask = ['pilot-agent', 'request', 'GET', 'config_dump?resource=dynamic_route_configs']
  const program = ['--container', 'istio-proxy', '--', ...ask]
  const said = await kubectl.run(['exec', '--namespace', NAMESPACE, pod.metadata.name, ...program])
  // The agent may say something of its own first.
  return routesIn(JSON.parse(said.slice(said.indexOf('{')))).filter(({ route }) =>
    route?.cluster?.includes(`||${to}.`),
  )
}

/** All that has a `route` in it, however deep. */
function routesIn(value: unknown): Route[] {
  if (Array.isArray(value)) return value.flatMap(routesIn)
  if (typeof value !== 'object' || value === null) return []
  return [...('route' in value ? [value as Route] : []), ...Object.values(value).flatMap(routesIn)]
}
