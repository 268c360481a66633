import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Line, LogLine } from './client/told.ts'
import type { Kubectl } from './kubectl.ts'
import type { Load } from './proof.ts'

/** Where load comes from: pods of their own, apart from MyHotel. */
export const CLIENTS = 'myhotel-proof'
/** The pod that clients run in. */
export const CLIENT_POD = 'clients'

const beginsWithinMs = 120_000
const stopsWithinMs = 150_000

/** What every pod of a restricted namespace has to promise. */
export const restricted = {
  pod: {
    runAsNonRoot: true,
    runAsUser: 10001,
    runAsGroup: 10001,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  container: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
} as const

/** A container that does nothing until it is ended: programs are run in it by `kubectl exec`. */
export const idle = ['/usr/bin/node', '-e', 'process.on("SIGTERM", process.exit); setInterval(() => {}, 1e9)']

/** The namespace that load comes from, and its pod; on one node if told. */
export function clientPods(image: string, node?: string): object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: CLIENTS, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: CLIENT_POD, namespace: CLIENTS, labels: { 'app.kubernetes.io/name': CLIENT_POD } },
      spec: {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 5,
        ...(node ? { nodeName: node } : {}),
        securityContext: restricted.pod,
        containers: [
          {
            ...{ name: 'clients', image, imagePullPolicy: 'IfNotPresent', command: idle },
            resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '2Gi' } },
            securityContext: restricted.container,
            volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
          },
        ],
        volumes: [{ name: 'tmp', emptyDir: {} }],
      },
    },
  ]
}

/**
 * Starts a client of infra/proof/client in the cluster.
 *
 * @param heard is given what guests were told
 * @returns when it has begun
 */
export async function startClient<Report>(
  kubectl: Kubectl,
  script: string,
  options: object,
  { tell, heard }: { tell: (line: string) => void; heard: (line: LogLine) => void },
): Promise<Load<Report> & { kill(): void }> {
  const program = ['/usr/bin/node', `/app/infra/proof/client/${script}.ts`, JSON.stringify(options)]
  const child = kubectl.start(['exec', '--stdin', '--namespace', CLIENTS, CLIENT_POD, '--', ...program])
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<Report>()
  const complaints = text(child.stderr)
  let report: Report | undefined

  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line
    if ('begun' in line) begun.resolve()
    else if ('so' in line) tell(line.so)
    else if ('log' in line) heard(line.log)
    else report = line.report as Report
  })
  child.stdin.on('error', () => undefined)
  child.once('error', ended.reject)
  child.once('close', async (code) => {
    if (report !== undefined) return ended.resolve(report)
    const why = (await complaints.catch(String)).trim().slice(-2_000)
    ended.reject(new Error(`The client "${script}" ended with ${code} and without a report: ${why}`))
  })
  // Whoever waits for `begun` hears of it, and whoever stops it.
  ended.promise.catch(begun.reject)

  await within(beginsWithinMs, `the client "${script}" begins`, begun.promise, () => child.kill('SIGKILL'))
  return {
    ended: ended.promise,
    kill: () => child.kill('SIGKILL'),
    stop() {
      child.stdin.end('stop\n')
      return within(stopsWithinMs, `the client "${script}" stops`, ended.promise, () => child.kill('SIGKILL'))
    },
  }
}

async function within<Value>(
  ms: number,
  what: string,
  value: Promise<Value>,
  late: () => void,
): Promise<Value> {
  const over = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    over.reject(new Error(`Not within ${ms / 1_000} s: ${what}`))
    late()
  }, ms)
  return Promise.race([value, over.promise]).finally(() => clearTimeout(timer))
}
