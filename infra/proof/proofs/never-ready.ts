import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../eventually.ts'
import { type Deployment, isReady } from '../objects.ts'
import { type Figure, type Proof, promised } from '../proof.ts'
import { podsOf, settled } from '../rollout.ts'
import { allAnswered, noneWrong, underTraffic } from '../traffic.ts'

const name = 'room'
/** How long the version that cannot serve is watched, after its pod has come up. */
const watchedMs = 20_000
const cameUpWithinMs = 60_000

/** A version whose database is not there is rolled out, and back. */
export const neverReady: Proof = {
  name: 'never-ready',
  claim: 'A version that never gets ready takes no pod away from the version before, and is rolled back',
  withinMs: 360_000,
  async run(context) {
    const { kubectl, signal } = context
    const { spec } = await kubectl.get<Deployment>('deployment', name)
    const container = spec.template.spec.containers[0]?.name
    const before = (await podsOf(context, name)).map(({ metadata }) => metadata.uid)
    const env = [{ name: 'ROOM_DATABASE_URL', value: 'postgresql://nobody:nothing@nowhere.invalid/room' }]
    const figures: Figure[] = []
    let rolledBack = false

    const rollBack = async () => {
      await kubectl.run(['rollout', 'undo', `deployment/${name}`, '--namespace', 'myhotel'])
      await settled(context, name)
      rolledBack = true
    }
    try {
      const traffic = await underTraffic(context, {}, async () => {
        await kubectl.patch('deployment', name, {
          spec: { template: { spec: { containers: [{ name: container, env }] } } },
        })
        await eventually(
          'a pod of the new version runs',
          cameUpWithinMs,
          async () => (await newPods()).length > 0,
          { signal },
        )
        await delay(watchedMs, undefined, { signal })
        const ready = (await newPods()).filter(isReady).length
        const kept = (await podsOf(context, name)).filter(
          (pod) => isReady(pod) && before.includes(pod.metadata.uid),
        )
        figures.push(promised('pods of the new version that got ready', ready, '0', ready === 0))
        const all = before.length
        figures.push(
          promised(
            'pods of the old version that stayed',
            `${kept.length} of ${all}`,
            'all',
            kept.length === all,
          ),
        )
        await rollBack()
      })
      figures.push(
        allAnswered('requests meanwhile, and while it was rolled back', traffic),
        noneWrong(traffic),
      )
    } finally {
      if (!rolledBack) await rollBack()
    }
    const left = (await podsOf(context, name)).filter(({ metadata }) => before.includes(metadata.uid)).length
    figures.push(
      promised('old pods that were not even restarted', left, String(before.length), left === before.length),
    )
    return figures

    async function newPods() {
      const pods = await podsOf(context, name)
      return pods.filter(
        ({ metadata, status }) =>
          !before.includes(metadata.uid) && (status.containerStatuses?.length ?? 0) > 0,
      )
    }
  },
}
