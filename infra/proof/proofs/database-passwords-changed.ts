import { randomBytes } from 'node:crypto'
import { type Client, withClient } from '@myhotel/kit/postgres'
import { throughForward } from '../forward.ts'
import { NAMESPACE } from '../kubectl.ts'
import { isReady, type Pod } from '../objects.ts'
import { type Context, NotPossibleHere, type Proof, promised } from '../proof.ts'
import { settled } from '../rollout.ts'
import { allAnswered, latencies, noneWrong, underTraffic } from '../traffic.ts'

type Secret = {
  metadata: { name: string; uid: string; creationTimestamp: string }
  data?: Record<string, string>
}
type Database = {
  readonly workload: string
  readonly variable: string
  readonly before: string
  readonly after: string
}

const admin = 'ADMIN_DATABASE_URL'

/**
 * Two users of each database take turns, so that pods from before and after are let in at the same time: a role of its own
 * for the new password, which acts as the one that everything belongs to. Then the role from before may sign in no more.
 */
export const databasePasswordsChanged: Proof = {
  name: 'database-passwords-changed',
  claim: 'Every database gets another user and password under load: no request is refused',
  withinMs: 900_000,
  async run(context) {
    const databases = await databasesOf(context)
    let left = 0
    const traffic = await underTraffic(context, {}, async () => {
      left = await change(context, databases)
    })
    return [
      promised(
        'databases with another user and password, and the ones from before',
        databases.length,
        'all',
        databases.length > 0,
      ),
      promised('sessions of users from before when they may sign in no more', left, '0', left === 0),
      allAnswered('requests meanwhile', traffic),
      noneWrong(traffic),
      latencies(traffic),
      await context.invariants(),
    ]
  },
}

/** @returns how many sessions the users from before still had when their pods were gone */
async function change(context: Context, databases: readonly Database[]): Promise<number> {
  const { tell } = context
  const ofEach = (work: (client: Client, database: Database) => Promise<unknown>) =>
    asAdmin(context, async (client) => {
      for (const database of databases) await work(client, database)
    })
  try {
    tell('a second user of each database')
    await ofEach(addUser)
    await sendTo(context, databases, 'after')
    tell('the users from before may sign in no more')
    let left = 0
    await ofEach(async (client, { before }) => {
      await client.query(`ALTER ROLE ${roleOf(client, before)} NOLOGIN`)
      left += await sessionsOf(client, new URL(before).username)
    })
    return left
  } finally {
    tell('the users from before again')
    await ofEach((client, { before }) => client.query(`ALTER ROLE ${roleOf(client, before)} LOGIN`))
    await sendTo(context, databases, 'before')
    await ofEach((client, { after }) => client.query(`DROP ROLE IF EXISTS ${roleOf(client, after)}`))
  }
}

/** Gives the workloads these connection strings, and replaces their pods. */
async function sendTo(
  context: Context,
  databases: readonly Database[],
  which: 'before' | 'after',
): Promise<void> {
  const { kubectl } = context
  for (const { workload, variable, [which]: url } of databases)
    await kubectl.patch('secret', workload, { stringData: { [variable]: url } }, 'merge')
  const names = databases.map(({ workload }) => workload)
  const deployments = names.map((name) => `deployment/${name}`)
  await kubectl.run(['rollout', 'restart', '--namespace', NAMESPACE, ...deployments])
  for (const name of names) await settled(context, name)
}

const roleOf = (client: Client, url: string) => client.escapeIdentifier(new URL(url).username)

/** The databases by the Secrets of the workloads, with the user that takes its turn. */
async function databasesOf({ kubectl, deployments }: Context): Promise<Database[]> {
  const secrets = await Promise.all(deployments.map((name) => kubectl.get<Secret>('secret', name)))
  return secrets.flatMap(({ metadata: { name: workload }, data = {} }) =>
    Object.keys(data)
      .filter((variable) => variable.endsWith('_DATABASE_URL'))
      .map((variable) => {
        const before = Buffer.from(data[variable] ?? '', 'base64').toString()
        const after = new URL(before)
        after.username = `${after.username}_2`
        after.password = randomBytes(24).toString('base64url')
        return { workload, variable, before, after: after.href }
      }),
  )
}

/** A role that may sign in and acts as another one, with that one's settings. */
async function addUser(client: Client, { before, after }: Database): Promise<void> {
  const { username, password } = new URL(after)
  const owner = new URL(before).username
  const name = client.escapeIdentifier(username)
  await client.query(`DROP ROLE IF EXISTS ${name}`)
  await client.query(
    `CREATE ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(password)} IN ROLE ${client.escapeIdentifier(owner)}`,
  )
  await client.query(`ALTER ROLE ${name} SET role = ${client.escapeLiteral(owner)}`)
}

async function sessionsOf(client: Client, user: string): Promise<number> {
  const { rows } = await client.query<{ sessions: number }>(
    'SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE usename = $1',
    [user],
  )
  return rows[0]?.sessions ?? 0
}

/** Works as the administrator of the cluster's own PostgreSQL. */
async function asAdmin<Result>(
  { kubectl }: Context,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const pods = await kubectl.list<Pod>('pods', { selector: 'app.kubernetes.io/name=postgres' })
  const pod = pods.find(isReady)
  if (!pod)
    throw new NotPossibleHere(
      'The PostgreSQL of this cluster is not its own: another role is for its operator to make.',
    )
  const { data } = await kubectl.get<Secret>('secret', 'postgres')
  const url = new URL(Buffer.from(data?.[admin] ?? '', 'base64').toString())
  return throughForward(kubectl, pod.metadata.name, 5432, (local) => {
    url.host = `127.0.0.1:${local}`
    return withClient(url.href, work)
  })
}
