import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { setByRole, withUnfitClient } from '@myhotel/kit/postgres'
import { provide } from './migrate/administrator.ts'
import { closeOtherLogins, makeLogin } from './migrate/login.ts'
import { databaseNames, drift, migrate, newMigration } from './migrate/migrations.ts'
import { planningOf } from './migrate/planning.ts'
import { persist, reach, requireMigrations } from './migrate/waiting.ts'
import { variable } from './system/site.ts'

export { databaseNames, migrate } from './migrate/migrations.ts'

const USAGE = `npm run migrate -- apply [NAME…] [--within SECONDS]
  brings databases up to date; each named by the environment: for book BOOK_DIRECT_DATABASE_URL where services
  have a pooler between, else BOOK_DATABASE_URL. Where ADMIN_DATABASE_URL names somebody who may, the role and the database of each connection string are made first
  --within SECONDS  how long to wait for a server that cannot be reached yet; not at all unless given
npm run migrate -- apply [NAME…] --wait [--within SECONDS]
  applies nothing: waits until somebody else has brought them up to date
npm run migrate -- settings [NAME…]
  sets what every session needs (time zone, form of dates, …), and how statements are planned, for the role of each of
  these connection strings, in its database: for services behind a pooler, whose connection strings say settings=role
npm run migrate -- login NAME
  makes the login whose turn it is for BOOK_DATABASE_URL, with a new password, and prints the connection string with it;
  ADMIN_DATABASE_URL, or standard input, says the connection string of somebody who may make roles
npm run migrate -- close-logins NAME
  takes their passwords from the logins that BOOK_DATABASE_URL, which is the new one by then, does not use
npm run migrate -- new NAME TITLE
  writes prisma/NAME/migrations/<time>_<title>/migration.sql: what schema.prisma has and the migrations lack;
  with --by-hand also where there is nothing, for what schema.prisma cannot say
npm run migrate -- check [NAME…]
  says where schema.prisma and the migrations differ`

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'by-hand': { type: 'boolean', default: false },
      wait: { type: 'boolean', default: false },
      within: { type: 'string' },
    },
  })
  const [command, ...rest] = positionals
  const names = rest.length > 0 ? rest : await databaseNames()
  if (command === 'apply') {
    const withinMs = values.within === undefined ? undefined : Number(values.within) * 1000
    return onEach(names, directly(values.wait ? waiting(withinMs) : applying(withinMs)))
  }
  if (command === 'settings') {
    return onEach(names, async (name, url) => {
      const set = await withUnfitClient(url, (client) => setByRole(client, planningOf(name)))
      return set.length > 0 ? `${set.join(', ')} set for its role` : 'set already'
    })
  }
  if (command === 'login' || command === 'close-logins') {
    const adminUrl = process.env.ADMIN_DATABASE_URL ?? (await text(process.stdin)).trim()
    if (rest.length !== 1 || !adminUrl) {
      console.error(adminUrl ? USAGE : 'Neither is ADMIN_DATABASE_URL set, nor does standard input say it')
      return 2
    }
    return onEach(rest, async (name, url) =>
      command === 'login'
        ? `\n${await makeLogin(url, adminUrl, planningOf(name))}`
        : `closed: ${(await closeOtherLogins(url, adminUrl)).join(', ') || 'none'}`,
    )
  }
  if (command === 'check') return check(names)
  const [name, ...title] = rest
  if (command !== 'new' || name === undefined || title.length === 0) {
    console.error(USAGE)
    return 2
  }
  const byHand = values['by-hand']
  const file = await withPostgres((url) =>
    newMigration(name, title.join(' '), url, new Date(), undefined, byHand),
  )
  console.log(`Written: ${file}\nRead it, complete it by hand, commit it.`)
  return 0
}

type Work = (name: string, url: string) => Promise<string>

/** Past a pooler, if there is one: a migration holds a lock by its session. */
const directly =
  (work: Work): Work =>
  (name, url) =>
    work(name, process.env[`${variable(name)}_DIRECT_DATABASE_URL`] ?? url)

const waiting =
  (withinMs?: number): Work =>
  async (name, url) => {
    await persist(() => requireMigrations(name, url), withinMs, noticeOf(name))
    return 'up to date'
  }

const applying =
  (withinMs = 0): Work =>
  async (name, url) => {
    const adminUrl = process.env.ADMIN_DATABASE_URL
    const ready = async () =>
      adminUrl ? provide(name, url, adminUrl) : withinMs > 0 ? reach(url) : undefined
    await persist(ready, withinMs, noticeOf(name))
    const applied = await migrate(name, url)
    return applied.length > 0 ? applied.join(', ') : 'up to date'
  }

const noticeOf = (name: string) => (reason: string) => console.log(`${name}: waiting (${reason})`)

/** Does `work` with the database of each name, and prints what it answers. */
async function onEach(names: string[], work: Work): Promise<number> {
  const named = names.map((name) => ({ name, where: `${variable(name)}_DATABASE_URL` }))
  const missing = named.filter(({ where }) => !process.env[where])
  if (missing.length > 0) {
    console.error(`Not set: ${missing.map(({ where }) => where).join(', ')}`)
    return 2
  }
  for (const { name, where } of named) {
    console.log(`${name}: ${await work(name, process.env[where] ?? '')}`)
  }
  return 0
}

async function check(names: string[]): Promise<number> {
  let differ = 0
  await withPostgres(async (url) => {
    for (const name of names) {
      const sql = await drift(name, url)
      if (sql === undefined) continue
      differ++
      console.error(
        `${name}: schema.prisma has what its migrations lack. npm run migrate -- new ${name} …\n${sql}`,
      )
    }
  })
  return differ > 0 ? 1 : 0
}

/** Loaded only here, so that applying migrations in production needs no PostgreSQL from npm. */
async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const services = await import('./test/private-services.ts')
  return services.withPostgres(work)
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    return 1
  })
}
