import { runCommand } from '../../tools/system/command.ts'
import { type Machine, runIn } from './machine.ts'

/** Where the API server is: the machine of the control plane, which all nodes are plugged into. */
export const CONTROL_ADDRESS = '10.250.0.1'
export const SERVICE_RANGE = '10.96.0.0/16'
export const POD_RANGE = '10.244.0.0/16'
/** The address of the API server as a service, and of CoreDNS. */
export const API_SERVICE = '10.96.0.1'
export const DNS_SERVICE = '10.96.0.10'

export const nodeAddress = (number: number): string => `10.250.0.${10 + number}`
export const podRange = (number: number): string => `10.244.${number}.0/24`

const ip = (machine: Machine, command: string) => runIn(machine, 'ip', ...command.split(' '))

/** The control plane's end: a switch that nodes are plugged into. Nothing leads from it to this computer's network. */
export async function layControlNetwork(control: Machine): Promise<void> {
  await ip(control, 'link set lo up')
  await ip(control, 'link add lan type bridge')
  await ip(control, `addr add ${CONTROL_ADDRESS}/24 dev lan`)
  await ip(control, 'link set lan up')
  // Nobody is there: an address that is none of ours is refused at once instead of being waited for.
  await ip(control, 'route add unreachable default metric 4278198272')
  await runIn(control, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
}

/** Plugs a node into the switch, and tells both where pods of the other nodes are. */
export async function plugIn(control: Machine, node: Machine, number: number, nodes: number): Promise<void> {
  const port = `port-${node.name}`
  await ip(node, 'link set lo up')
  await ip(control, `link delete ${port}`).catch(() => {})
  // From this computer's view of processes, where the node has a number; only the network is the control plane's.
  const cable = `link add ${port} type veth peer name eth0 netns ${node.init.pid}`
  await runCommand('nsenter', [`--net=/proc/${control.init.pid}/ns/net`, 'ip', ...cable.split(' ')])
  await ip(control, `link set ${port} master lan up`)
  await ip(node, `addr add ${nodeAddress(number)}/24 dev eth0`)
  await ip(node, 'link set eth0 up')
  await ip(node, `route add default via ${CONTROL_ADDRESS}`)
  const settings = ['net.ipv4.ip_forward=1', 'net.bridge.bridge-nf-call-iptables=1']
  await runIn(node, 'sysctl', '-qw', ...settings)
  await ip(control, `route replace ${podRange(number)} via ${nodeAddress(number)}`)
  for (let other = 1; other <= nodes; other += 1)
    if (other !== number) await ip(node, `route replace ${podRange(other)} via ${nodeAddress(other)}`)
}

/** Services are reached from the control plane through a node, as from any computer outside a cluster. */
export async function routeServicesBy(control: Machine, number: number): Promise<void> {
  await ip(control, `route replace ${SERVICE_RANGE} via ${nodeAddress(number)}`)
}
