import { eventually } from '../eventually.ts'
import { NAMESPACE, type Named } from '../kubectl.ts'
import { type Context, NotPossibleHere, type Proof, promised } from '../proof.ts'
import { settled } from '../rollout.ts'
import { allAnswered, latencies, noneWrong, underTraffic, unhurried } from '../traffic.ts'

type Secret = Named & { data?: Record<string, string> }
/** A workload with a database of its own, and the variable that has its connection string. */
type Database = { readonly workload: string; readonly variable: string }

const loginWithinMs = 60_000

/** As docs/operations.md tells operators to do it, for all databases at the same time. */
export const databasePasswordsChanged: Proof = {
  name: 'database-passwords-changed',
  claim: 'Every database gets another login and password under load: no request is refused',
  withinMs: 900_000,
  async run(context) {
    const databases = await databasesOf(context)
    let closed: string[] = []
    const traffic = await underTraffic(context, unhurried, async () => {
      closed = await change(context, databases)
    })
    const all = closed.every((logins) => logins !== 'none')
    return [
      promised('databases with another login', databases.length, 'all', databases.length > 0),
      promised('logins from before that may sign in no more', closed.join(', '), 'one of each database', all),
      allAnswered('requests meanwhile', traffic),
      noneWrong(traffic),
      latencies(traffic),
      await context.invariants(),
    ]
  },
}

/** @returns for each database which logins were closed */
async function change(context: Context, databases: readonly Database[]): Promise<string[]> {
  const { kubectl, tell } = context
  tell('another login for each database')
  for (const { workload, variable } of databases) {
    const said = await asAdmin(context, workload, 'make-login')
    const url = /^postgresql:.*$/m.exec(said)?.[0]
    if (!url) throw new Error(`make-login ${workload} names no connection string`)
    await kubectl.patch('secret', workload, { stringData: { [variable]: url } }, 'merge')
  }
  const deployments = databases.map(({ workload }) => `deployment/${workload}`)
  await kubectl.run(['rollout', 'restart', '--namespace', NAMESPACE, ...deployments])
  for (const { workload } of databases) await settled(context, workload)
  tell('the logins from before may sign in no more')
  const closed: string[] = []
  for (const { workload } of databases) {
    const said = await asAdmin(context, workload, 'close-logins')
    closed.push(/closed: (.*)/.exec(said)?.[1] ?? 'none')
  }
  return closed
}

async function databasesOf({ kubectl, deployments }: Context): Promise<Database[]> {
  const secrets = await Promise.all(deployments.map((name) => kubectl.get<Secret>('secret', name)))
  return secrets.flatMap(({ metadata: { name: workload }, data = {} }) =>
    Object.keys(data)
      .filter((variable) => variable.endsWith('_DATABASE_URL'))
      .map((variable) => ({ workload, variable })),
  )
}

/** Runs a program of the image in a pod of a workload, which is told by whom PostgreSQL is administered. */
async function asAdmin({ kubectl, signal }: Context, workload: string, program: string): Promise<string> {
  const { data } = await kubectl.get<Secret>('secret', 'postgres').catch(() => ({ data: undefined }))
  if (!data?.ADMIN_DATABASE_URL)
    throw new NotPossibleHere(
      'The PostgreSQL of this cluster is not its own: another login is for its operator to make.',
    )
  const input = Buffer.from(data.ADMIN_DATABASE_URL, 'base64').toString()
  const node = ['/usr/bin/node', '/app/infra/image/entry.ts', program, workload]
  const where = ['--namespace', NAMESPACE, `deployment/${workload}`, '--container', 'myhotel']
  // A pod that was chosen may just have been replaced.
  return eventually(
    `${program} ${workload}`,
    loginWithinMs,
    () => kubectl.run(['exec', '--stdin', ...where, '--', ...node], { input }),
    { signal },
  )
}
