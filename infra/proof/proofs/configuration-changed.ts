import { eventually } from '../eventually.ts'
import { NAMESPACE } from '../kubectl.ts'
import type { Deployment } from '../objects.ts'
import { type Context, type Figure, type Proof, promised, seconds } from '../proof.ts'
import { settled } from '../rollout.ts'
import { codesOfRouters, podsOfRouter } from '../routers.ts'
import { allAnswered, latencies, noneWrong, underTraffic, unhurried } from '../traffic.ts'

type Config = {
  metadata: { name: string; uid: string; creationTimestamp: string }
  data: Record<string, string>
}

const file = 'supergraph.graphql'
/** A field that nobody asks for meanwhile. */
const field = 'popularRooms'
const query = `{ ${field}(first: 1) { id } }`
/** The kubelet looks after a minute, the router soon after. */
const takenWithinMs = 180_000
const settings = 'proof-settings'

/** The supergraph is taken over by routers that run; a setting by pods that are started anew. */
export const configurationChanged: Proof = {
  name: 'configuration-changed',
  claim: 'The supergraph and a ConfigMap of every Deployment are changed under load: no request is refused',
  withinMs: 1_200_000,
  async run(context) {
    const figures: Figure[] = []
    const traffic = await underTraffic(context, unhurried, async () => {
      figures.push(await changeSupergraph(context), await changeSettings(context))
    })
    return [
      ...figures,
      allAnswered('requests meanwhile', traffic),
      noneWrong(traffic),
      latencies(traffic),
      await context.invariants(),
    ]
  },
}

/** Takes a field out of the supergraph that routers have, and puts it in again. */
async function changeSupergraph(context: Context): Promise<Figure> {
  const { kubectl, signal, tell } = context
  const { data } = await kubectl.get<Config>('configmap', 'supergraph')
  const before = data[file] ?? ''
  const described = new RegExp(`^ +"""[^"]*"""\\n +${field}\\(.*\\n`, 'm')
  const without = before.replace(described, '')
  if (without === before) throw new Error(`The supergraph has no field ${field} to take away.`)
  const routers = await uidsOfRouters(context)
  const write = (text: string) =>
    kubectl.patch('configmap', 'supergraph', { data: { [file]: text } }, 'merge')

  async function change(text: string, code: string | null): Promise<number> {
    const since = Date.now()
    await write(text)
    const isKnown = async () => (await codesOfRouters(context, query)).every((each) => each === code)
    await eventually('every router has the changed supergraph', takenWithinMs, isKnown, { signal })
    return Date.now() - since
  }

  tell(`the supergraph without "${field}", and with it again`)
  try {
    const gone = await change(without, 'GRAPHQL_VALIDATION_FAILED')
    const back = await change(before, null)
    return promised(
      'a field of the supergraph is taken away, and given back',
      `known to all ${routers.length} routers ${seconds(gone)} and ${seconds(back)} after the ConfigMap`,
      'by the same pods',
      (await uidsOfRouters(context)).join() === routers.join(),
    )
  } catch (error) {
    await write(before)
    throw error
  }
}

const uidsOfRouters = async (context: Context) =>
  (await podsOfRouter(context)).map(({ metadata: { uid } }) => uid).toSorted()

/** Gives each Deployment another ConfigMap, and takes it away again, as kustomize does it, whose names have a hash. */
async function changeSettings(context: Context): Promise<Figure> {
  const { kubectl, deployments, tell } = context
  const metadata = { name: settings, namespace: NAMESPACE }
  await kubectl.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { LOG_LEVEL: 'warn' } })
  const path = '/spec/template/spec/containers/0/envFrom'
  const sources = new Map<string, readonly object[]>()
  for (const name of deployments) {
    const { spec } = await kubectl.get<Deployment>('deployment', name)
    sources.set(name, spec.template.spec.containers[0]?.envFrom ?? [])
  }
  /** Two at a time: on two cores sixteen pods that start leave those that serve no time. */
  const give = async (added: readonly object[]) => {
    for (let first = 0; first < deployments.length; first += 2) {
      const some = deployments.slice(first, first + 2)
      for (const name of some) {
        const value = [...(sources.get(name) ?? []), ...added]
        await kubectl.patch('deployment', name, [{ op: 'replace', path, value }], 'json')
      }
      for (const name of some) await settled(context, name)
    }
  }
  tell(`another ConfigMap for ${deployments.join(', ')}`)
  try {
    await give([{ configMapRef: { name: settings } }])
  } finally {
    tell('and the one from before')
    await give([])
    await kubectl.remove('configmap', settings)
  }
  const changed = sources.size
  return promised(
    'Deployments with another ConfigMap, and the one from before',
    changed,
    'all',
    changed === deployments.length,
  )
}
