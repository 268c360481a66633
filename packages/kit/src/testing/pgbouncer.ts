import { chmod, chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withUnfitClient } from '../postgres.ts'
import { eventually } from '../testing.ts'
import { freePorts, type TestServers, testProgram } from './programs.ts'

/**
 * A real PgBouncer before the server of `url` that shares its connections between transactions. Answers the URL of the
 * same database through it, with the words that MyHotel needs there.
 */
export async function startPgBouncer(servers: TestServers, url: string): Promise<string> {
  const { hostname, port, username, password, pathname } = new URL(url)
  const [listen = 0] = await freePorts(1)
  const users = join(servers.folder, `users-${listen}.txt`)
  await writeFile(users, `"${username}" "${decodeURIComponent(password)}"\n`)
  const lines = [
    '[databases]',
    `* = host=${hostname} port=${port}`,
    '[pgbouncer]',
    `listen_addr = 127.0.0.1`,
    `listen_port = ${listen}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${users}`,
    'pool_mode = transaction',
    'default_pool_size = 4',
    // It does not run as root.
    ...(process.getuid?.() === 0 ? ['user = nobody'] : []),
  ]
  const config = join(servers.folder, `pgbouncer-${listen}.ini`)
  await writeFile(config, lines.join('\n'))
  await chmod(servers.folder, 0o755)
  if (process.getuid?.() === 0) for (const file of [users, config]) await chown(file, 65_534, 65_534)
  servers.start(testProgram('PGBOUNCER'), [config])
  const through = new URL(url)
  through.host = `127.0.0.1:${listen}`
  through.pathname = pathname
  through.search = '?settings=role&statements=unnamed'
  await eventually(() => withUnfitClient(through.href, (client) => client.query('SELECT 1')))
  return through.href
}
