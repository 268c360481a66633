import { rolledOut } from './deploy.ts'
import { eventually } from './eventually.ts'
import { isReady, type Pod } from './objects.ts'
import type { Context } from './proof.ts'

const goneWithinMs = 90_000

/** The pods of a Deployment, also those that are on their way out. */
export const podsOf = ({ kubectl }: Pick<Context, 'kubectl'>, name: string): Promise<Pod[]> =>
  kubectl.list<Pod>('pods', { selector: `app.kubernetes.io/name=${name}` })

/** Replaces all pods of a Deployment one after the other, and waits until the last of the old ones has ended. */
export async function replacePods(context: Context, name: string): Promise<void> {
  await context.kubectl.run(['rollout', 'restart', `deployment/${name}`, '--namespace', 'myhotel'])
  await settled(context, name)
}

/** Waits until a Deployment is rolled out and its old pods have ended: until then they still answer requests. */
export async function settled(context: Context, name: string): Promise<void> {
  await rolledOut(context.kubectl, [name], context)
  await eventually(
    `the old pods of ${name} have ended`,
    goneWithinMs,
    async () => (await podsOf(context, name)).every(isReady),
    { signal: context.signal },
  )
}
