import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { issue, writeKubeconfig } from './certificates.ts'
import { createCgroup, removeCgroups } from './cgroups.ts'
import { flags, SERVER } from './control-plane.ts'
import { configureContainerd, startContainerd } from './image-store.ts'
import { type Machine, runIn, startIn, startMachine } from './machine.ts'
import { nodeAddress, POD_RANGE, plugIn } from './network.ts'
import { kubeletConfig, podNetwork } from './node-config.ts'
import { inside, PKI, RUN } from './paths.ts'

export const nodeName = (number: number): string => `node${number}`

/** Makes the certificate that a node has for its whole life. */
export async function createNodeCertificate(number: number): Promise<void> {
  const name = nodeName(number)
  const names = [`DNS:${name}`, `IP:${nodeAddress(number)}`, 'IP:127.0.0.1']
  await issue(name, { subject: `/O=system:nodes/CN=system:node:${name}`, names })
  await writeKubeconfig(name, SERVER)
}

/**
 * Switches a node on, for the first time or again: containerd, kubelet, kube-proxy and the firewall for network policies.
 * It has its disk from before, and nothing of what was in memory or in cgroups.
 */
export async function startNode(control: Machine, number: number, nodes: number): Promise<Machine> {
  const name = nodeName(number)
  await removeCgroups(name)
  await createCgroup(name)
  await configureContainerd(name)
  await writeConfiguration(name, number)
  const machine = await startMachine(name)
  await plugIn(control, machine, number, nodes)
  await shieldKernelSettings(machine)
  await runIn(machine, 'mkdir', '-p', '/var/lib/volumes')
  await runIn(machine, 'mount', '--bind', inside(join(RUN, 'volumes')), '/var/lib/volumes')
  await startContainerd(machine)
  return machine
}

export async function startKubelet(machine: Machine, number: number): Promise<void> {
  const { name } = machine
  const at = (file: string) => inside(join(PKI, file))
  await startIn(
    machine,
    'kubelet',
    'kubelet',
    flags({
      config: '/etc/myhotel/kubelet.json',
      kubeconfig: at(`${name}.kubeconfig`),
      'hostname-override': name,
      'node-ip': nodeAddress(number),
      'node-labels': `topology.kubernetes.io/zone=${name},topology.kubernetes.io/region=local`,
    }),
  )
  await startIn(
    machine,
    'proxy',
    'kube-proxy',
    flags({
      kubeconfig: at('proxy.kubeconfig'),
      'hostname-override': name,
      'proxy-mode': 'nftables',
      'cluster-cidr': POD_RANGE,
      // That setting belongs to the whole computer.
      'conntrack-max-per-core': 0,
      'conntrack-min': 0,
    }),
  )
  await startIn(
    machine,
    'policies',
    'kube-router',
    flags({
      kubeconfig: at('policies.kubeconfig'),
      'hostname-override': name,
      'run-firewall': true,
      'run-router': false,
      'run-service-proxy': false,
      'run-loadbalancer': false,
      'enable-cni': false,
      'health-port': 0,
    }),
  )
}

async function writeConfiguration(name: string, number: number): Promise<void> {
  const etc = join(RUN, name, 'etc')
  const files = {
    'myhotel/kubelet.json': JSON.stringify(kubeletConfig(name)),
    // Pods ask CoreDNS; it has nobody further to ask.
    'myhotel/resolv.conf': '',
    'cni/net.d/10-pods.conflist': JSON.stringify(podNetwork(number)),
  }
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(etc, file, '..'), { recursive: true })
    await writeFile(join(etc, file), text)
  }
}

/** Settings of the kernel that the kubelet wants to be so, and that are the whole computer's. */
const WANTED = {
  'vm/overcommit_memory': 1,
  'vm/panic_on_oom': 0,
  'kernel/panic': 10,
  'kernel/panic_on_oops': 1,
  'kernel/keys/root_maxkeys': 1_000_000,
  'kernel/keys/root_maxbytes': 25_000_000,
}

/** Shows the kubelet that they are so already, or it would change them for everybody. */
async function shieldKernelSettings(machine: Machine): Promise<void> {
  const folder = join(RUN, 'kernel')
  for (const [setting, value] of Object.entries(WANTED)) {
    const real = join('/proc/sys', setting)
    if (!existsSync(real) || Number(await readFile(real, 'utf8')) === value) continue
    const shown = join(folder, setting.replaceAll('/', '.'))
    await mkdir(folder, { recursive: true })
    await writeFile(shown, `${value}\n`)
    await runIn(machine, 'mount', '--bind', inside(shown), real)
  }
}
