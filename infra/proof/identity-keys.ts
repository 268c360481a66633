import { createIdentity } from '@myhotel/kit/identity'
import { eventually } from './eventually.ts'
import { NAMESPACE } from './kubectl.ts'
import { isReady, type Pod } from './objects.ts'
import type { Context } from './proof.ts'

/** A pair of keys as JSON Web Keys; `kid` names the owner, and which of its keys it is: `router.2`. */
export type Identity = Awaited<ReturnType<typeof createIdentity>>

const configMap = 'identity-keys'
const variable = 'IDENTITY_PRIVATE_KEY'
const file = '/etc/myhotel/identity/keys.json'
const seenWithinMs = 180_000

type Keys = { keys: { kid?: string }[] }
type Data = {
  metadata: { name: string; uid: string; creationTimestamp: string }
  data?: Record<string, string>
}

/** Owners of a private key: those whose Secret has one. */
export async function ownersOf({ kubectl, deployments }: Context): Promise<string[]> {
  const secrets = await Promise.all(deployments.map((name) => kubectl.get<Data>('secret', name)))
  return secrets.filter(({ data }) => data && variable in data).map(({ metadata }) => metadata.name)
}

/** The public keys that subgraphs are given now. */
export async function publicKeys({ kubectl }: Context): Promise<Keys['keys']> {
  const { data } = await kubectl.get<Data>('configmap', configMap)
  return (JSON.parse(data?.['keys.json'] ?? '{"keys":[]}') as Keys).keys
}

/** The next key of an owner, by the ones that are known. */
export async function nextIdentity(owner: string, known: Keys['keys']): Promise<Identity> {
  const numbers = known.flatMap(({ kid = '' }) => {
    const [name, number = '1'] = kid.split('.')
    return name === owner ? [Number(number)] : []
  })
  return createIdentity(`${owner}.${1 + Math.max(1, ...numbers)}`)
}

/** Publishes other public keys, and waits until every pod that reads them has the file. */
export async function publish(context: Context, keys: Keys['keys']): Promise<void> {
  const { kubectl } = context
  const text = JSON.stringify({ keys }, null, 2)
  await kubectl.patch('configmap', configMap, { data: { 'keys.json': text } }, 'merge')
  await seenByPods(context, { mountedFrom: configMap, file, text })
}

type Mounting = { spec: { volumes?: { configMap?: { name: string } }[] } }

/**
 * Waits until the file of a ConfigMap has its new text in all pods that mount it. The kubelet looks once a minute and
 * whenever something of the pod changes: a mark on each pod saves the wait.
 */
export async function seenByPods(
  { kubectl, signal }: Context,
  { mountedFrom, file, text }: { mountedFrom: string; file: string; text: string },
): Promise<void> {
  const mounts = (pod: Pod & Mounting) =>
    pod.spec.volumes?.some((volume) => volume.configMap?.name === mountedFrom)
  const pods = (await kubectl.list<Pod & Mounting>('pods')).filter((pod) => mounts(pod) && isReady(pod))
  const names = pods.map(({ metadata: { name } }) => name)
  await kubectl.run([
    'annotate',
    '--overwrite',
    '--namespace',
    NAMESPACE,
    'pods',
    ...names,
    `myhotel.example/looked-at=${Date.now()}`,
  ])
  const script = 'process.stdout.write(require("fs").readFileSync(process.argv[1], "utf8"))'
  await Promise.all(
    names.map((pod) =>
      eventually(
        `${pod} has the new ${file}`,
        seenWithinMs,
        async () => {
          const program = ['--container', 'myhotel', '--', '/usr/bin/node', '-e', script, file]
          return (await kubectl.run(['exec', '--namespace', NAMESPACE, pod, ...program])) === text
        },
        { everyMs: 1_000, signal },
      ),
    ),
  )
}

/** The private key of an owner, as its Secret has it. */
export async function privateKeyOf({ kubectl }: Context, owner: string): Promise<string> {
  const { data } = await kubectl.get<Data>('secret', owner)
  return Buffer.from(data?.[variable] ?? '', 'base64').toString()
}

/** Gives an owner another private key; its pods have it when they are started anew. */
export const givePrivateKey = ({ kubectl }: Context, owner: string, key: string) =>
  kubectl.patch('secret', owner, { stringData: { [variable]: key } }, 'merge')
