import { Client, type ClientConfig, Pool, type PoolConfig } from 'pg'
import { pools } from './figures.ts'
import { StartRefused } from './part.ts'

export { Client, DatabaseError, Pool, type QueryArrayConfig, types } from 'pg'

/**
 * What every session of every process has, whatever server, role, database or machine say. Prisma's adapter writes
 * instants without a zone and reads them without looking at it, in ISO's form alone; statements write dates, numbers and
 * texts as these settings have them, and rely on seeing what others committed while they waited for a lock.
 */
export const sessionSettings: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  bytea_output: 'hex',
  extra_float_digits: '1',
  default_transaction_isolation: 'read committed',
}

/** A session has other settings than MyHotel relies on: what it would read and write would be wrong. */
export class UnfitSession extends StartRefused {}

/** The server is a standby, or takes no writes for another reason; after a failover another one does in a moment. */
export class ReadOnlyServer extends Error {
  override readonly name = 'ReadOnlyServer'
}

/** Whether a connection string says (`settings=role`) that its settings come from the role: its pooler takes no options. */
export function areSetByRole(url: URL): boolean {
  const by = url.searchParams.get('settings')
  if (by !== null && by !== 'role') {
    throw new Error(
      `settings=${by} in a connection string of PostgreSQL: leave it out, or write settings=role`,
    )
  }
  return by === 'role'
}

/**
 * Whether statements may be prepared by name on connections to `url`. A pooler that shares connections between
 * transactions and does not know of names (PgBouncer before 1.21) needs `statements=unnamed` in the string.
 */
export function areStatementsNamed(url: string): boolean {
  const how = new URL(url).searchParams.get('statements')
  if (how !== null && how !== 'unnamed') {
    throw new Error(
      `statements=${how} in a connection string of PostgreSQL: leave it out, or write statements=unnamed`,
    )
  }
  return how === null
}

/**
 * The database at `url` for sessions with these settings besides. They are options of the connection's start, after
 * those that the string has itself; none where the string says that settings come from the role.
 */
export function withSettings(url: string, settings: Readonly<Record<string, string>>): string {
  const set = new URL(url)
  if (areSetByRole(set)) return url
  const own = set.searchParams.get('options')
  set.searchParams.set('options', [...(own ? [own] : []), toOptions(settings)].join(' '))
  return set.href
}

/** Settings as PostgreSQL takes them in a connection's `options`, and libpq's programs in PGOPTIONS. */
export const toOptions = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
    .join(' ')

/**
 * A connection that says goodbye as soon as it was made, as a PostgreSQL that goes down does, tells so at a moment
 * when nobody listens yet, and that would end the process. Whoever uses it is told by the query that fails.
 */
class Connection extends Client {
  /** The server has refused to write: it stays so for this session. */
  isReadOnly = false
  constructor(config?: ClientConfig) {
    super(config)
    this.on('error', () => undefined)
    this.connection.on('errorMessage', ({ code }) => {
      if (code === readOnlyState) this.isReadOnly = true
    })
  }
}

/** SQLSTATE: read_only_sql_transaction. */
const readOnlyState = '25006'

/**
 * How long a connection is kept that nobody uses. The library's ten seconds closed and opened them all the time: each costs the
 * server a process, both sides a password to be proven, and whoever waits for it a second where a packet is lost.
 */
const keptIdleMs = 5 * 60_000

type Settings = Omit<ClientConfig, 'connectionString' | 'options'>

/** A pool of connections to the database at `url`; one whose session is unfit is not used but refused. */
export function openPool(url: string, config: Omit<PoolConfig, 'connectionString' | 'options'> = {}): Pool {
  const connectionString = withSettings(url, sessionSettings)
  const pool = new Pool({
    ...{ idleTimeoutMillis: keptIdleMs, ...config },
    ...{ connectionString, Client: Connection, onConnect: refuseUnfit(url) },
  })
  pool.on('error', () => undefined)
  pools.add({
    name: new URL(url).pathname.slice(1),
    most: pool.options.max,
    counts: () => pool,
    isClosed: () => pool.ended,
  })
  // A connection that outlives the failover of its server is of no use; the pool makes another.
  pool.on('release', (_, client) => {
    if (client instanceof Connection && client.isReadOnly) client.end().catch(() => undefined)
  })
  return pool
}

/**
 * A connection of its own to the database at `url`, which the caller ends.
 * @throws UnfitSession
 */
export async function connect(url: string, config: Settings = {}): Promise<Client> {
  const client = new Connection({ ...config, connectionString: withSettings(url, sessionSettings) })
  try {
    await client.connect()
    await refuseUnfit(url)(client)
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw unfitBecauseOf(error) ?? error
  }
}

/**
 * Runs `work` with a connection of its own to the database at `url`, and ends it.
 * @throws UnfitSession
 */
export async function withClient<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
  config: Settings = {},
): Promise<Result> {
  const client = await connect(url, config)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** As `withClient`, but for what comes before the role has its settings: creating databases, and setting them. */
export async function withUnfitClient<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Connection({ connectionString: withSettings(url, sessionSettings) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const names = Object.keys(sessionSettings)
/** `on` on a standby, too. */
const readOnly = 'transaction_read_only'
/** What each new connection asks before it is used. */
export const readSettingsSql = `SELECT name, current_setting(name) AS setting FROM unnest(ARRAY['${names.join(`', '`)}', '${readOnly}']) AS name`

const whatToDo =
  'run "npm run migrate -- settings" with the connection string, which sets them for its role, and have the pooler ' +
  'connect anew.'
const optionsLost = `Write settings=role into the connection string, ${whatToDo}`

const refuseUnfit = (url: string) => async (client: Pick<Client, 'query'>) => {
  const { rows } = await client.query<{ name: string; setting: string }>(readSettingsSql)
  if (rows.some(({ name, setting }) => name === readOnly && setting === 'on')) {
    throw new ReadOnlyServer('the server of PostgreSQL takes no writes: it is a standby, or set so')
  }
  const unfit = rows.filter(({ name, setting }) => name !== readOnly && setting !== sessionSettings[name])
  if (unfit.length === 0) return
  const found = unfit.map(({ name, setting }) => `${name} is ${setting} and must be ${sessionSettings[name]}`)
  const { pathname, searchParams } = new URL(url)
  throw new UnfitSession(
    `A session of the database ${pathname.slice(1)} has other settings than MyHotel relies on: ${found.join('; ')}. ` +
      (searchParams.has('settings')
        ? `The connection string leaves them to its role (settings=role): ${whatToDo}`
        : `Something between, a pooler say, does not hand on the options of a connection. ${optionsLost}`),
  )
}

/** Poolers refuse options in words of their own. */
const refusedOptions = /startup param|command-line options/i

/** What an attempt to connect failed for, if it was that a pooler takes no options: then nobody can wait for it. */
export function unfitBecauseOf(error: unknown): UnfitSession | undefined {
  if (error instanceof UnfitSession) return error
  const message = error instanceof Error ? error.message : ''
  if (!refusedOptions.test(message)) return undefined
  return new UnfitSession(
    `A pooler takes no options of a connection, by which MyHotel says what its sessions need (${message}). ${optionsLost}`,
  )
}

/**
 * Sets for the login of this session, in this database, what every session needs, and `besides`; answers the settings
 * that changed.
 */
export async function setByRole(
  client: Client,
  besides: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const wanted = Object.entries({ ...sessionSettings, ...besides })
  const { rows } = await client.query<{ database: string; config: string[] | null }>(
    `SELECT current_database() AS database, (
       SELECT setconfig FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
       WHERE datname = current_database() AND setrole = session_user::regrole) AS config`,
  )
  const [{ database = '', config = null } = {}] = rows
  const missing = wanted.filter(([name, value]) => !config?.includes(`${name}=${value}`))
  const role = `ALTER ROLE SESSION_USER IN DATABASE ${client.escapeIdentifier(database)}`
  const statements = missing.map(([name, value]) => `${role} SET ${name} = ${client.escapeLiteral(value)}`)
  // A login that acts as another role may say this for itself, not for that one.
  if (statements.length > 0) {
    await client.query(['BEGIN; SET LOCAL ROLE NONE', ...statements, 'COMMIT'].join(';'))
  }
  return missing.map(([name]) => name)
}
