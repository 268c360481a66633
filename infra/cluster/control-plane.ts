import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAuthority, issue, kubeconfig, writeKubeconfig } from './certificates.ts'
import { type Machine, startIn } from './machine.ts'
import { API_SERVICE, CONTROL_ADDRESS, POD_RANGE, SERVICE_RANGE } from './network.ts'
import { inside, PKI, RUN } from './paths.ts'

export const SERVER = `https://${CONTROL_ADDRESS}:6443`
/** How to reach the API server as an administrator, for whoever is in the cluster's network. */
export const KUBECONFIG = join(RUN, 'kubeconfig')

const ETCD = 'http://127.0.0.1:2379'
const at = (file: string) => inside(join(PKI, file))
/** `{ a: 'b' }` as `--a=b`. */
export const flags = (settings: Record<string, string | number | boolean>): string[] =>
  Object.entries(settings).map(([name, value]) => `--${name}=${value}`)

export async function createCertificates(): Promise<void> {
  await createAuthority()
  const names = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ]
  const addresses = ['127.0.0.1', API_SERVICE, CONTROL_ADDRESS]
  const subjects = {
    admin: '/O=system:masters/CN=admin',
    aggregator: '/CN=aggregator',
    controllers: '/CN=system:kube-controller-manager',
    scheduler: '/CN=system:kube-scheduler',
    proxy: '/CN=system:kube-proxy',
    policies: '/CN=myhotel:network-policies',
  }
  await Promise.all([
    issue('apiserver', {
      subject: '/CN=kube-apiserver',
      names: [...names.map((name) => `DNS:${name}`), ...addresses.map((address) => `IP:${address}`)],
    }),
    ...Object.entries(subjects).map(([name, subject]) => issue(name, { subject })),
  ])
  for (const name of Object.keys(subjects)) await writeKubeconfig(name, SERVER)
  const base64 = (file: string) => readFileSync(join(PKI, file)).toString('base64')
  const administrator = kubeconfig(
    SERVER,
    { 'certificate-authority-data': base64('ca.crt') },
    { 'client-certificate-data': base64('admin.crt'), 'client-key-data': base64('admin.key') },
  )
  await mkdir(RUN, { recursive: true })
  await writeFile(KUBECONFIG, JSON.stringify(administrator), { mode: 0o600 })
}

/** Starts etcd and the API server. */
export async function startServers(machine: Machine): Promise<void> {
  await startIn(
    machine,
    'etcd',
    'etcd',
    flags({
      'data-dir': '/var/lib/etcd',
      'listen-client-urls': ETCD,
      'advertise-client-urls': ETCD,
      'listen-peer-urls': 'http://127.0.0.1:2380',
      'initial-advertise-peer-urls': 'http://127.0.0.1:2380',
      'initial-cluster': 'default=http://127.0.0.1:2380',
      // It lives as long as this start of the cluster: a power failure takes everything anyway.
      'unsafe-no-fsync': true,
    }),
  )
  await startIn(machine, 'apiserver', 'kube-apiserver', flags(apiServer()))
}

/** Starts what works by the API server, which must be serving: these give up after a few seconds. */
export async function startControllers(machine: Machine): Promise<void> {
  await startIn(
    machine,
    'controllers',
    'kube-controller-manager',
    flags({
      kubeconfig: at('controllers.kubeconfig'),
      'service-account-private-key-file': at('accounts.key'),
      'root-ca-file': at('ca.crt'),
      'cluster-signing-cert-file': at('ca.crt'),
      'cluster-signing-key-file': at('ca.key'),
      'use-service-account-credentials': true,
      'leader-elect': false,
      'cluster-cidr': POD_RANGE,
      ...QUICKER,
    }),
  )
  await startIn(
    machine,
    'scheduler',
    'kube-scheduler',
    flags({
      kubeconfig: at('scheduler.kubeconfig'),
      'leader-elect': false,
    }),
  )
}

/** Where the defaults of Kubernetes make proofs longer without making them say more. */
export const QUICKER = {
  // 15 s: how often the autoscaler looks.
  'horizontal-pod-autoscaler-sync-period': '5s',
  // 30 s and 5 min: how long it mistrusts what a young pod uses.
  'horizontal-pod-autoscaler-initial-readiness-delay': '5s',
  'horizontal-pod-autoscaler-cpu-initialization-period': '10s',
}

function apiServer(): Record<string, string | number | boolean> {
  return {
    'etcd-servers': ETCD,
    'secure-port': 6443,
    'bind-address': '0.0.0.0',
    'advertise-address': CONTROL_ADDRESS,
    'service-cluster-ip-range': SERVICE_RANGE,
    'tls-cert-file': at('apiserver.crt'),
    'tls-private-key-file': at('apiserver.key'),
    'client-ca-file': at('ca.crt'),
    'kubelet-client-certificate': at('admin.crt'),
    'kubelet-client-key': at('admin.key'),
    'kubelet-certificate-authority': at('ca.crt'),
    // Or exec and logs would ask DNS for the name of the node.
    'kubelet-preferred-address-types': 'InternalIP',
    'service-account-key-file': at('accounts.pub'),
    'service-account-signing-key-file': at('accounts.key'),
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': true,
    'enable-aggregator-routing': true,
    'proxy-client-cert-file': at('aggregator.crt'),
    'proxy-client-key-file': at('aggregator.key'),
    'requestheader-client-ca-file': at('ca.crt'),
    // One authority signs all: without this every client could say that it is somebody else.
    'requestheader-allowed-names': 'aggregator',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
  }
}
