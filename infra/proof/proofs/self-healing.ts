import { eventually } from '../eventually.ts'
import { createHand, type Hand } from '../hand.ts'
import { leak } from '../leak.ts'
import { isReady, type Pod } from '../objects.ts'
import { type Context, type Figure, type Proof, promised, seconds, told } from '../proof.ts'
import { podsOf } from '../rollout.ts'
import { causesOf, noneWrong, sumOf, underTraffic } from '../traffic.ts'

const replacedMs = 25_000
const readyAfterKillMs = 10_000
const watchedForMs = 90_000
const often = { everyMs: 250 }
/**
 * Kept connections only: each person has one request in flight, so that it can be said how many a pod can take along. They
 * pause, so that a process that starts has its share of two cores.
 */
const people = { bookings: 4, searches: 4, pages: 4, pauseMs: 150 }
const inFlight = people.bookings + people.searches + people.pages

type Illness = {
  readonly what: string
  readonly of: string
  readonly inflict: (context: Context, pod: Pod, hand: Hand) => Promise<void>
  /** From the illness until the container's process is another one; and from then, until it is ready. */
  readonly promises: (replaced: number, ready: number) => Figure[]
}

const byKubelet = (what: string) => (replaced: number, ready: number) => [
  promised(`${what}: replaced after`, seconds(replaced), '≤ 25 s', replaced <= replacedMs),
  told(`${what}: ready after that`, seconds(ready)),
]

const illnesses: readonly Illness[] = [
  {
    what: 'SIGSTOP of a router',
    of: 'router',
    inflict: (_, pod, hand) => hand.send(pod, 'SIGSTOP'),
    promises: byKubelet('SIGSTOP of a router'),
  },
  {
    what: 'kill -9 of book',
    of: 'book',
    inflict: (_, pod, hand) => hand.send(pod, 'SIGKILL'),
    promises: (replaced, ready) => [
      promised(
        'kill -9 of book: ready again after',
        seconds(replaced + ready),
        '≤ 10 s',
        replaced + ready <= readyAfterKillMs,
      ),
    ],
  },
  {
    what: 'a leak in room',
    of: 'room',
    inflict: async ({ kubectl }, pod) => {
      const node = ['/usr/bin/node', '--input-type=module', '-e', leak]
      // It may well be gone before it has said that it was heard.
      await kubectl
        .run(['exec', '--namespace', 'myhotel', pod.metadata.name, '--', ...node])
        .catch(() => undefined)
    },
    promises: byKubelet('a leak in room up to its memory limit'),
  },
]

/** A pod that hangs, dies or leaks is replaced by itself, and takes along only what it was answering. */
export const selfHealing: Proof = {
  name: 'self-healing',
  claim: 'A pod that hangs, is killed or leaks is replaced without anybody doing anything',
  withinMs: 480_000,
  async run(context) {
    const hand = createHand(context.kubectl, context.image)
    const figures: Figure[] = []
    try {
      for (const illness of illnesses) figures.push(...(await heal(context, illness, hand)))
    } finally {
      await hand.close()
    }
    figures.push(await context.invariants())
    return figures
  },
}

async function heal(
  context: Context,
  { what, of, inflict, promises }: Illness,
  hand: Hand,
): Promise<Figure[]> {
  context.tell(what)
  const [victim] = (await podsOf(context, of)).filter(isReady)
  if (!victim) throw new Error(`There is no pod of ${of} that is ready.`)
  const restarts = (pod: Pod) => pod.status.containerStatuses?.[0]?.restartCount ?? 0
  const again = () => context.kubectl.get<Pod>('pod', victim.metadata.name)
  let figures: Figure[] = []
  const traffic = await underTraffic(context, { guests: people, siege: null }, async () => {
    const since = Date.now()
    await inflict(context, victim, hand)
    const { signal } = context
    const started = await eventually(
      `the container of ${of} is another one`,
      watchedForMs,
      async () => {
        const pod = await again()
        return (
          restarts(pod) > restarts(victim) && pod.status.containerStatuses?.[0]?.state?.running && Date.now()
        )
      },
      { ...often, signal },
    )
    const ready = await eventually(
      `it is ready`,
      watchedForMs,
      async () => isReady(await again()) && Date.now(),
      {
        ...often,
        signal,
      },
    )
    figures = promises(started - since, ready - started)
  })
  const { failed, asked } = sumOf(traffic)
  const causes = failed > 0 ? ` (${causesOf(traffic).join('; ')})` : ''
  const measured = `${failed} of ${asked} not answered at once${causes}`
  return [
    ...figures,
    promised(`${what}: requests`, measured, `at most the ${inFlight} in flight`, failed <= inFlight),
    { ...noneWrong(traffic), what: `${what}: outcomes of bookings` },
  ]
}
