import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A service that is ready at once, tells its environment at GET / and dies with any code at GET /exit/<code>. */
const SERVICE = `
import { createServer } from 'node:http'
const { PORT, HOST, MANAGEMENT_PORT } = process.env
createServer((request, response) => {
  if (request.url?.startsWith('/exit/')) process.exit(Number(request.url.slice(6)))
  response.end(JSON.stringify(process.env))
}).listen(Number(PORT), HOST)
if (MANAGEMENT_PORT) createServer((_, response) => response.end('{}')).listen(Number(MANAGEMENT_PORT), HOST)
process.on('SIGTERM', () => process.exit(0))
`

/** Makes a folder laid out like this repository, with two small subgraphs, one of which has a database. */
export function makeSmallRepository(root: string): void {
  const put = (file: string, content: string) => {
    mkdirSync(join(root, file, '..'), { recursive: true })
    writeFileSync(join(root, file), content)
  }
  put('package.json', '{ "type": "module" }')
  for (const folder of ['subgraphs/alpha', 'subgraphs/beta', 'router']) put(`${folder}/src/main.ts`, SERVICE)
  put('tools/sandbox/mail-catcher/main.ts', SERVICE)
  put('tools/sandbox/identity-provider/main.ts', SERVICE)
  put('tools/migrate.ts', 'console.log(process.argv.slice(2).join(), process.env.ALPHA_DATABASE_URL)')
  put('prisma/alpha/migrations/migration_lock.toml', '')
}
