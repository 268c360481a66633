import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../../../tools/system/client.ts'

const run = promisify(execFile)

/** What stands for a value that is kept secret. */
export function secretFor(name: string): string {
  if (name === 'IDENTITY_PRIVATE_KEY') return '{ "kid": "somebody" }'
  if (name.endsWith('_DATABASE_URL')) return 'postgresql://user:password@postgres:5432/database'
  const urls: Record<string, string> = {
    NATS_URL: 'nats://user:password@nats:4222',
    REDIS_URL: 'redis://:password@redis:6379',
    SMTP_URL: 'smtps://user:password@mail:465',
  }
  return urls[name] ?? 'secret'
}

/** Has the program of a workload read this environment and no other: what it says is wrong with it, or nothing. */
export async function complaintsOf(name: string, env: Readonly<Record<string, string>>): Promise<string> {
  const source = join(ROOT, name === 'router' ? 'router' : `subgraphs/${name}`, 'src/env.ts')
  const script = `const env = await import(${JSON.stringify(source)}); (env.readServiceEnv ?? env.readRouterEnv)?.()`
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script]
  return run(process.execPath, args, { env, cwd: ROOT }).then(
    ({ stderr }) => stderr,
    (error: { stderr?: string }) => error.stderr || String(error),
  )
}
