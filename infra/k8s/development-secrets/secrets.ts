import { randomBytes } from 'node:crypto'
import { createIdentity } from '@myhotel/kit/identity'
import type { Keep } from './api.ts'

/** Names of the variables that the Secret of each workload has. */
export type Wanted = Readonly<Record<string, readonly string[]>>

/** All that is made up, in one Secret: whatever else is lost is made of it again, the same. */
const CREDENTIALS = 'development-credentials'

/**
 * Makes what a cluster for development keeps secret: a key pair for each that calls others, passwords of stores and of
 * each database. What is there already stays as it is; only what is missing is added.
 */
export async function keepSecrets(keep: Keep, wanted: Wanted): Promise<void> {
  const made = await keep('secrets', CREDENTIALS, (data) => completed(data ?? {}, wanted))
  const add = (missing: Record<string, string>) => (data: Record<string, string> | undefined) => ({
    ...data,
    ...Object.fromEntries(Object.entries(missing).filter(([key]) => !(data && key in data))),
  })
  for (const [name, variables] of Object.entries(wanted)) {
    const values = variables.map((variable) => [variable, valueFor(variable, name, made)] as const)
    await keep('secrets', name, add(Object.fromEntries(values)))
  }
  for (const [name, data] of Object.entries(ofStores(made))) await keep('secrets', name, add(data))
  await keep('configmaps', 'identity-keys', (data) => withKeys(data, wanted, made))
}

const PASSWORD = 'password.'
const IDENTITY = 'identity.'

const hasIdentity = (variables: readonly string[]) => variables.includes('IDENTITY_PRIVATE_KEY')
const password = () => randomBytes(24).toString('base64url')

async function completed(data: Record<string, string>, wanted: Wanted): Promise<Record<string, string>> {
  const made = { ...data }
  const owners = [...Object.keys(wanted), 'postgres', 'nats', 'nats-route', 'redis']
  for (const owner of owners) made[PASSWORD + owner] ??= password()
  for (const [name, variables] of Object.entries(wanted)) {
    if (hasIdentity(variables)) made[IDENTITY + name] ??= JSON.stringify(await createIdentity(name))
  }
  return made
}

function valueFor(variable: string, name: string, made: Record<string, string>): string {
  const of = (key: string) => made[key] ?? ''
  if (variable === 'IDENTITY_PRIVATE_KEY') return JSON.stringify(JSON.parse(of(IDENTITY + name)).privateKey)
  if (variable === 'NATS_URL') return `nats://myhotel:${of(`${PASSWORD}nats`)}@nats:4222`
  if (variable === 'REDIS_URL') return `redis://:${of(`${PASSWORD}redis`)}@redis:6379`
  if (variable.endsWith('_DATABASE_URL'))
    return `postgresql://${name}:${of(PASSWORD + name)}@postgres:5432/${name}`
  throw new Error(`The Secret of ${name} is to have ${variable}, which nobody can make up`)
}

/** What the stores of postgres-plain, nats-cluster and redis read. */
function ofStores(made: Record<string, string>): Record<string, Record<string, string>> {
  const of = (owner: string) => made[PASSWORD + owner] ?? ''
  const route = of('nats-route')
  const routes = [0, 1, 2].map((number) => `"nats://route:${route}@nats-${number}.nats-pods:6222"`)
  return {
    postgres: {
      password: of('postgres'),
      ADMIN_DATABASE_URL: `postgresql://postgres:${of('postgres')}@postgres:5432/postgres`,
    },
    nats: {
      'auth.conf': `authorization { user: myhotel, password: "${of('nats')}" }\n`,
      'routes.conf': `authorization { user: route, password: "${route}" }\nroutes: [${routes.join()}]\n`,
    },
    redis: { 'password.conf': `requirepass ${of('redis')}\n` },
  }
}

/** The public keys, one of each owner at least; an owner may have several. */
function withKeys(data: Record<string, string> | undefined, wanted: Wanted, made: Record<string, string>) {
  const { keys } = JSON.parse(data?.['keys.json'] ?? '{"keys":[]}') as { keys: { kid: string }[] }
  const known = new Set(keys.map(({ kid }) => kid.split('.')[0]))
  const missing = Object.keys(wanted).filter((name) => hasIdentity(wanted[name] ?? []) && !known.has(name))
  if (data && missing.length === 0) return data
  const added = missing.map((name) => JSON.parse(made[IDENTITY + name] ?? '').publicKey)
  return { ...data, 'keys.json': JSON.stringify({ keys: [...keys, ...added] }, null, 2) }
}
