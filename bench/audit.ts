import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { composeServices } from '@apollo/composition'
import { createIdentity } from '@myhotel/kit/identity'
import { parse } from 'graphql'
import { gatewayLimits } from '../tools/generate/gateway-limits.ts'
import { createChildren, freePorts } from './measure/children.ts'

const USAGE = `npm run audit -- URL [SUITE …]      what of the public federation audit the router answers right

  URL is where the audit serves its subgraphs. In a folder outside of this repository:
    git clone https://github.com/graphql-hive/federation-gateway-audit && cd federation-gateway-audit
    npm install && npm start -- serve --port 4200
  and then: npm run audit -- http://localhost:4200
`

type Case = { query: string; expected: { data?: unknown; errors?: boolean } }
type Answer = { data?: unknown; errors?: unknown[] }
type Subgraph = { name: string; sdl: string }

/** What became of the cases of a suite: all refused at composition, for these reasons; or each right or wrong. */
type Verdict = {
  cases: number
  refused: string[]
  wrong: { query: string; expected: unknown; answer: Answer }[]
}

async function main([base = '', ...suites]: string[]): Promise<number> {
  if (!URL.canParse(base)) {
    process.stderr.write(USAGE)
    return 2
  }
  const get = async <Value>(path: string) => (await (await fetch(new URL(path, base))).json()) as Value
  const ids = suites.length > 0 ? suites : await get<string[]>('/ids')
  const sum = { cases: 0, right: 0, refused: 0, wrong: 0 }
  for (const id of ids) {
    const subgraphs = await get<Subgraph[]>(`/${id}/subgraphs`)
    const { cases, refused, wrong } = await tried(base, id, subgraphs, await get<Case[]>(`/${id}/tests`))
    sum.cases += cases
    sum.wrong += wrong.length
    sum[refused.length > 0 ? 'refused' : 'right'] += cases - wrong.length
    process.stdout.write(
      `${id}: ${refused.length > 0 ? `${cases} refused` : `${cases - wrong.length} of ${cases}`}\n`,
    )
    for (const why of refused) process.stdout.write(`  ${why}\n`)
    for (const one of wrong) process.stdout.write(`  WRONG ${JSON.stringify(one, null, 2)}\n`)
  }
  process.stdout.write(
    `${sum.cases} cases: ${sum.right} right, ${sum.refused} refused at composition, ${sum.wrong} wrong\n`,
  )
  return sum.wrong > 0 ? 1 : 0
}

async function tried(base: string, id: string, subgraphs: Subgraph[], cases: Case[]): Promise<Verdict> {
  const services = subgraphs.map(({ name, sdl }) => ({ name, url: '', typeDefs: parse(sdl) }))
  const limits = services.flatMap(({ name, typeDefs }) =>
    gatewayLimits(typeDefs).map((why) => `${name}: ${why}`),
  )
  const { supergraphSdl, errors = [] } = composeServices(services)
  const refused = [...limits, ...errors.map(({ message }) => message)]
  if (!supergraphSdl || refused.length > 0) return { cases: cases.length, refused, wrong: [] }

  const folder = mkdtempSync(join(tmpdir(), 'myhotel-audit-'))
  const children = createChildren(folder)
  const door = await startDoor(`${base.replace(/[/]$/, '')}/${id}`)
  try {
    const [port = 0] = await freePorts(1)
    const file = join(folder, 'supergraph.graphql')
    writeFileSync(file, supergraphSdl)
    const { privateKey } = await createIdentity('router')
    const urls = subgraphs.map(({ name }) => [
      `${name.toUpperCase().replaceAll('-', '_')}_URL`,
      `${door.url}/${name}`,
    ])
    children.start(
      'router',
      'measured',
      [process.execPath, join(import.meta.dirname, '../router/src/main.ts')],
      {
        ...Object.fromEntries(urls),
        SUPERGRAPH_FILE: file,
        PORT: String(port),
        MANAGEMENT_PORT: '0',
        TOKEN_ISSUER: door.url,
        IDENTITY_PRIVATE_KEY: JSON.stringify(privateKey),
        PLAYGROUND: 'false',
      },
    )
    const ask = async (query: string): Promise<Answer> => {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      })
      return (await response.json()) as Answer
    }
    await children.ready('router', async () => (await ask('{ __typename }')).data !== undefined)
    const wrong: Verdict['wrong'] = []
    for (const { query, expected } of cases) {
      const answer = await ask(query)
      if (!isRight(answer, expected)) wrong.push({ query, expected, answer })
    }
    return { cases: cases.length, refused: [], wrong }
  } finally {
    await children.stop()
    door.stop()
    rmSync(folder, { recursive: true })
  }
}

/** As the audit itself compares; where it does not say whether there are errors, either will do. */
function isRight({ data, errors }: Answer, expected: Case['expected']): boolean {
  if (!isDeepStrictEqual(data ?? null, expected.data ?? null)) return false
  return expected.errors === undefined || expected.errors === (errors?.length ?? 0) > 0
}

/** The audit's subgraphs have no path of their own for GraphQL, as the router asks at `<subgraph>/graphql`. */
async function startDoor(base: string) {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const path = request.url?.replace(/[/]graphql$/, '')
    const answer = await fetch(`${base}${path}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      ...(body.length > 0 && { body }),
    })
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
    })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `http://127.0.0.1:${port}`, stop: () => void server.close() }
}

process.exitCode = await main(process.argv.slice(2))
