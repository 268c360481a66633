import { eventually } from './eventually.ts'
import type { Hand } from './hand.ts'
import { NAMESPACE } from './kubectl.ts'
import { type Deployment, isReady, type Pod } from './objects.ts'
import type { Context } from './proof.ts'
import { switchProvider } from './provider.ts'

/** A way in which payment can be away, and come back. */
export type Way = {
  readonly name: string
  /** The cluster may end it before guests are told PaymentBusy: a process that stands still is replaced. */
  readonly endsByItself?: boolean
  hit(context: Context): Promise<void>
  /** Ends it. @returns when payment can take bookings in again, in milliseconds since 1970 */
  heal(context: Context): Promise<number>
}

const payment = 'payment'
const backWithinMs = 120_000

/** No replica at all. */
function gone(): Way {
  let replicas = 1
  const scale = ({ kubectl }: Context, to: number) =>
    kubectl.run(['scale', 'deployment', payment, `--replicas=${to}`, '--namespace', NAMESPACE])
  return {
    name: 'scaled to none',
    async hit(context) {
      replicas = (await context.kubectl.get<Deployment>('deployment', payment)).spec.replicas
      await scale(context, 0)
    },
    async heal(context) {
      await scale(context, replicas)
      return readyAt(context)
    },
  }
}

/** Every process stands still: connections stay, and nobody answers. */
const frozen = (hand: Hand): Way => ({
  name: 'all processes stopped (SIGSTOP)',
  endsByItself: true,
  hit: (context) => signalAll(context, hand, 'SIGSTOP'),
  async heal(context) {
    await signalAll(context, hand, 'SIGCONT')
    return readyAt(context)
  },
})

const provider = (name: string, faults: Parameters<typeof switchProvider>[1]): Way => ({
  name,
  async hit({ kubectl }) {
    await switchProvider(kubectl, faults)
  },
  async heal({ kubectl }) {
    await switchProvider(kubectl, null)
    return Date.now()
  },
})

/** All ways, in the order in which they are tried. */
export const waysOf = (hand: Hand): Way[] => [
  gone(),
  frozen(hand),
  provider('slow: its provider answers after 20 s', { delayMs: 20_000, operations: ['pay'] }),
  provider('failing: its provider answers 500', { failRate: 1, operations: ['pay'] }),
]

/** Waits until a pod of payment is ready. @returns when it was, by the cluster's own word */
async function readyAt({ kubectl, signal }: Context): Promise<number> {
  return eventually(
    'a pod of payment is ready again',
    backWithinMs,
    async () => {
      const pods = await kubectl.list<Pod>('pods', { selector: `app.kubernetes.io/name=${payment}` })
      return pods.some(isReady) && Date.now()
    },
    { everyMs: 100, signal },
  )
}

async function signalAll({ kubectl }: Context, hand: Hand, signal: NodeJS.Signals): Promise<void> {
  const pods = await kubectl.list<Pod>('pods', { selector: `app.kubernetes.io/name=${payment}` })
  await Promise.all(pods.map((pod) => hand.send(pod, signal)))
}
