import { applyOverlay } from '../deploy.ts'
import type { Deployment } from '../objects.ts'
import { type Context, type Figure, type Proof, promised } from '../proof.ts'
import { replacePods, settled } from '../rollout.ts'
import { describe, sumOf, underTraffic } from '../traffic.ts'

const router = 'router'
/** What fails is over in an instant: a rolling update that nobody noticed says little, three of them more. */
const tries = 3

/** What keeps a rolling update free of failures is taken away, one thing at a time. */
const without: Record<string, (container: string) => object> = {
  readiness: (name) => ({
    minReadySeconds: 0,
    template: { spec: { containers: [{ name, readinessProbe: null, startupProbe: null }] } },
  }),
  drain: (name) => ({
    template: {
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name, env: [{ name: 'DRAIN_MS', value: '0' }] }],
      },
    },
  }),
}

/** The rolling update again, without what the claim rests on: the same clients see it fail. */
export const counterProof: Proof = {
  name: 'counter-proof',
  claim: 'Without readiness, or without drain, the same rolling update does fail requests',
  withinMs: 600_000,
  async run(context) {
    const figures: Figure[] = []
    const { spec } = await context.kubectl.get<Deployment>('deployment', router)
    const container = spec.template.spec.containers[0]?.name ?? router
    try {
      for (const [what, patch] of Object.entries(without)) {
        context.tell(`the router without ${what}`)
        await restore(context)
        await context.kubectl.patch('deployment', router, { spec: patch(container) })
        await settled(context, router)
        figures.push(await failing(context, what))
      }
    } finally {
      await restore(context)
    }
    figures.push(await context.invariants())
    return figures
  },
}

async function failing(context: Context, what: string): Promise<Figure> {
  const traffic = await underTraffic(context, {}, async () => {
    for (let time = 0; time < tries; time += 1) await replacePods(context, router)
  })
  const { failed } = sumOf(traffic)
  return promised(
    `the router without ${what}, replaced ${tries} times`,
    describe(traffic),
    'below 100 %',
    failed > 0,
  )
}

async function restore(context: Context): Promise<void> {
  await applyOverlay(context.kubectl)
  await settled(context, router)
}
