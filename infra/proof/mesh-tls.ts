import type { Answered } from './client/plain-requests.ts'
import { eventually } from './eventually.ts'
import { NAMESPACE } from './kubectl.ts'
import { withProbes } from './network-probes.ts'
import { isReady, type Pod } from './objects.ts'
import { type Context, type Figure, promised } from './proof.ts'

const callee = 'room'
const url = `http://${callee}:4000/graphql?query=%7B__typename%7D`
/** Looks to network policies like the router, and has no sidecar. */
const outsider = new Map([
  [
    'outsider',
    {
      'app.kubernetes.io/name': 'router',
      'app.kubernetes.io/component': 'router',
      'app.kubernetes.io/part-of': 'myhotel',
      'sidecar.istio.io/inject': 'false',
    },
  ],
])
const knownWithinMs = 30_000
const exception = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'proof-permissive', namespace: NAMESPACE },
  spec: { selector: { matchLabels: { 'app.kubernetes.io/name': callee } }, mtls: { mode: 'PERMISSIVE' } },
}

/** Who has no certificate of the mesh is refused by a subgraph's sidecar; without STRICT, the same caller is answered. */
export async function onlyByMutualTls(context: Context): Promise<Figure[]> {
  const { kubectl, signal, tell } = context
  tell('a caller outside the mesh, with STRICT and without')
  return withProbes(context, outsider, async ([probe]) => {
    if (!probe) throw new Error('The outsider is gone.')
    const ask = async () => (await probe.request([url]))[0]
    const strict = await ask()
    const inside = await fromInside(context)
    try {
      await kubectl.apply(exception)
      const lenient = await eventually(
        'the caller outside is answered where that is allowed',
        knownWithinMs,
        async () => {
          const answered = await ask()
          return answered && answered.status !== null && answered
        },
        { signal },
      )
      return [
        promised('a caller outside the mesh', describe(strict), 'refused', strict?.status === null),
        promised(
          'the same request of the router, through its sidecar',
          describe(inside),
          'answered',
          inside.status !== null,
        ),
        promised(
          'the caller outside, while STRICT is off',
          describe(lenient),
          'answered: it was refused by STRICT alone',
          lenient.status !== null,
        ),
      ]
    } finally {
      await kubectl.run([
        'delete',
        'peerauthentication',
        exception.metadata.name,
        '--namespace',
        NAMESPACE,
        '--ignore-not-found',
      ])
    }
  })
}

const describe = (answered: Answered | undefined) => answered?.how ?? 'nothing'

const script = `try { console.log(JSON.stringify({ status: (await fetch(process.argv[1])).status })) }
catch ({ cause }) { console.log(JSON.stringify({ status: null, how: cause?.code })) }`

/** What a pod of the router, which has a sidecar, is answered. */
async function fromInside({ kubectl }: Context): Promise<Answered> {
  const pods = await kubectl.list<Pod>('pods', {
    selector: 'app.kubernetes.io/name=router,app.kubernetes.io/component=router',
  })
  const pod = pods.find(isReady)
  const program = ['--container', 'myhotel', '--', '/usr/bin/node', '--input-type=module', '-e', script, url]
  const said = await kubectl.run(['exec', '--namespace', NAMESPACE, pod?.metadata.name ?? '', ...program])
  const { status, how } = JSON.parse(said) as { status: number | null; how?: string }
  return { url, status, how: how ?? `HTTP ${status}` }
}
