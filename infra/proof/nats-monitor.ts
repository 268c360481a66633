import { throughForward } from './forward.ts'
import type { Kubectl } from './kubectl.ts'
import type { Pod } from './objects.ts'

/** A stream as the servers of NATS tell of it. */
export type StreamState = {
  readonly name: string
  /** The pod that leads it; null while none does. */
  readonly leader: string | null
  readonly replicas: number
  readonly messages: number
}

/** A durable consumer: what it was not handed yet, and what it has not acknowledged. */
export type ConsumerState = { readonly stream: string; readonly name: string; readonly waiting: number }

type ConsumerDetail = {
  name: string
  config?: { durable_name?: string }
  num_pending: number
  num_ack_pending: number
  cluster?: Raft
}
type Raft = { leader?: string }
type StreamDetail = {
  name: string
  cluster?: Raft & { replicas?: unknown[] }
  state: { messages: number }
  consumer_detail?: ConsumerDetail[]
}
type Jsz = { account_details?: { stream_detail?: StreamDetail[] }[] }

/** Streams and consumers, of every server its own. A server that is away tells nothing. */
export async function readNats(
  kubectl: Kubectl,
): Promise<{ streams: StreamState[]; consumers: ConsumerState[] }> {
  const pods = await kubectl.list<Pod>('pods', { selector: 'app.kubernetes.io/name=nats' })
  const told = await Promise.all(
    pods.map(async ({ metadata: { name } }) => {
      const details = await streamsOf(kubectl, name).catch(() => [])
      return details.map((detail) => ({ detail, server: name }))
    }),
  )
  const streams = new Map<string, StreamState>()
  const consumers = new Map<string, ConsumerState>()
  for (const { detail, server } of told.flat()) {
    const { name, cluster, state } = detail
    // A server that is alone has no word about a leader: it is. One that has just started may not know yet who leads.
    const leads = (raft: Raft | undefined) => !raft || raft.leader === server
    const known = streams.get(name)
    if (!known?.leader || leads(cluster)) {
      const leader = cluster ? (cluster.leader ?? null) : server
      streams.set(name, {
        name,
        leader,
        replicas: 1 + (cluster?.replicas?.length ?? 0),
        messages: state.messages,
      })
    }
    for (const consumer of detail.consumer_detail ?? []) {
      // Others belong to somebody who has read a stream once, and are soon forgotten.
      if (!consumer.config?.durable_name) continue
      const key = `${name} ${consumer.name}`
      if (!leads(consumer.cluster) && consumers.has(key)) continue
      const waiting = consumer.num_pending + consumer.num_ack_pending
      consumers.set(key, { stream: name, name: consumer.name, waiting })
    }
  }
  return { streams: [...streams.values()], consumers: [...consumers.values()] }
}

async function streamsOf(kubectl: Kubectl, pod: string): Promise<StreamDetail[]> {
  return throughForward(kubectl, pod, 8222, async (local) => {
    const response = await fetch(
      `http://127.0.0.1:${local}/jsz?accounts=true&streams=true&consumers=true&config=true`,
      {
        signal: AbortSignal.timeout(5_000),
      },
    )
    const { account_details: accounts = [] } = (await response.json()) as Jsz
    return accounts.flatMap(({ stream_detail: streams = [] }) => streams)
  })
}
