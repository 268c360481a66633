import { NAMESPACE } from './kubectl.ts'
import { isReady, type Pod } from './objects.ts'
import type { Context } from './proof.ts'

/** The pods of the router that take requests. */
export const podsOfRouter = async ({ kubectl }: Context): Promise<Pod[]> =>
  (await kubectl.list<Pod>('pods', { selector: 'app.kubernetes.io/name=router' })).filter(isReady)

const script = `const [query] = process.argv.slice(1)
const answer = await fetch('http://127.0.0.1:' + process.env.PORT + '/graphql', {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) })
const { errors } = await answer.json()
process.stdout.write(JSON.stringify(errors?.[0].extensions?.code ?? null))`

/** Asks every router by itself: the code of what was wrong with each answer, null where nothing was. */
export async function codesOfRouters(context: Context, query: string): Promise<(string | null)[]> {
  const program = [
    '--container',
    'myhotel',
    '--',
    '/usr/bin/node',
    '--input-type=module',
    '-e',
    script,
    query,
  ]
  return Promise.all(
    (await podsOfRouter(context)).map(async ({ metadata: { name } }) =>
      JSON.parse(await context.kubectl.run(['exec', '--namespace', NAMESPACE, name, ...program])),
    ),
  )
}
