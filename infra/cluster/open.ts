import { existsSync } from 'node:fs'
import { KUBECONFIG } from './control-plane.ts'
import { type Conversion, importArchive } from './images.ts'
import { clusterEnvironment, inNetwork, type Kubectl, kubectlBehind } from './kubectl.ts'
import { inMachine, isOn, type Machine, PATH_INSIDE } from './machine.ts'
import { routeServicesBy } from './network.ts'
import { nodeName, startKubelet, startNode } from './node.ts'
import { readRecord, writeRecord } from './record.ts'
import { powerOff } from './stop.ts'

/** What only a cluster that was built here can do, because its nodes are ours. */
export type LocalCluster = {
  /** Names of all nodes, also of those that are switched off. */
  nodes: string[]
  /** Put before a command, it runs in the cluster's network: services, pods and the API server can be reached. */
  inNetwork: string[]
  /** Put before a command, it runs on a node that is on: with its mounts, processes and network. */
  onNode(node: string): string[]
  /** A node loses its power: kubelet, containerd and all containers are gone at once, and its link with them. */
  killNode(node: string): Promise<void>
  /** Its power comes back: it has its disk, and starts as after a crash. */
  startNode(node: string): Promise<void>
  /** Gives all nodes that are on the images of an archive. */
  importArchive(archive: string): Promise<void>
  /** Program and version, in words. */
  versions: Record<string, string>
  /** Which images are stand-ins, and of what they are made. */
  conversions: Conversion[]
}

export type Cluster = {
  kubeconfig: string
  kubectl: Kubectl
  /** Null for a cluster that KUBECONFIG names. */
  local: LocalCluster | null
}

/** Whether KUBECONFIG names a cluster that is not ours. */
export const isElsewhere = (): boolean => ![undefined, '', KUBECONFIG].includes(process.env.KUBECONFIG)

/**
 * The cluster to work with: the one that KUBECONFIG names, or the local one that runs.
 * @throws in a sentence where there is none
 */
export async function openCluster(): Promise<Cluster> {
  if (isElsewhere())
    return {
      kubeconfig: process.env.KUBECONFIG ?? '',
      kubectl: kubectlBehind([], process.env),
      local: null,
    }
  const record = readRecord()
  if (!record?.ready || !isOn(record.control))
    throw new Error('No cluster runs. Type: npm run cluster -- up (or name one in KUBECONFIG).')
  const prefix = inNetwork(record.control)
  return {
    kubeconfig: KUBECONFIG,
    kubectl: kubectlBehind(prefix, clusterEnvironment()),
    local: localCluster(prefix),
  }
}

function localCluster(prefix: string[]): LocalCluster {
  const { nodes, versions, conversions } = current()
  return {
    nodes: nodes.map((_, index) => nodeName(index + 1)),
    inNetwork: prefix,
    onNode: (node) => [...inMachine(machineOf(node)), 'env', `PATH=${PATH_INSIDE}`],
    killNode,
    startNode: switchOn,
    async importArchive(archive) {
      if (!existsSync(archive)) throw new Error(`There is no archive ${archive}`)
      await Promise.all(current().nodes.flatMap((node) => (node ? importArchive(node, archive) : [])))
    },
    versions,
    conversions,
  }
}

function current() {
  const record = readRecord()
  if (!record) throw new Error('The cluster has been taken down')
  return record
}

function machineOf(node: string): Machine {
  const machine = current().nodes.find((each) => each?.name === node)
  if (!machine) throw new Error(`There is no node ${node} that is on`)
  return machine
}

async function killNode(node: string): Promise<void> {
  const record = current()
  await powerOff(machineOf(node))
  const nodes = record.nodes.map((each) => (each?.name === node ? null : each))
  await writeRecord({ ...record, nodes })
  const alive = nodes.findIndex((each) => each !== null)
  if (alive >= 0) await routeServicesBy(record.control, alive + 1)
}

async function switchOn(node: string): Promise<void> {
  const record = current()
  const index = record.nodes.findIndex((_, each) => nodeName(each + 1) === node)
  if (index < 0 || record.nodes[index]) throw new Error(`There is no node ${node} that is off`)
  const machine = await startNode(record.control, index + 1, record.nodes.length)
  await writeRecord({ ...record, nodes: record.nodes.map((each, at) => (at === index ? machine : each)) })
  await startKubelet(machine, index + 1)
}
