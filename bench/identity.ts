import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createIdentity, createSigner, createVerifier } from '@myhotel/kit/identity'
import { createChildren, freePorts } from './measure/children.ts'
import { hasProgram } from './measure/install.ts'
import { load } from './measure/load.ts'
import { round } from './measure/rounds.ts'
import { createReport } from './report.ts'
import { startIssuer } from './router/issuer.ts'

/**
 * What it costs that the router tells subgraphs who asks by signed tokens: the processor time of signing and checking,
 * against that of the smallest request through router and subgraph. `node bench/identity.ts [--seconds N]`
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } })
const seconds = Number(values.seconds)
const users = 1_000
const audience = 'notification'

const identity = await createIdentity('router')
const privateKey = JSON.stringify(identity.privateKey)
const keys = JSON.stringify({ keys: [identity.publicKey] })

/** Microseconds of processor time of signing and checking once; `fresh` is the first time for each user. */
async function costOfTokens({ passes, fresh }: { passes: number; fresh: boolean }): Promise<number> {
  const subjects = Array.from({ length: users }, (_, index) => ({
    subject: `guest${index}`,
    roles: ['guest'],
  }))
  const begin = async () => {
    const sign = await createSigner(privateKey)
    const verify = createVerifier(audience, keys)
    return async function pass() {
      for (const user of subjects) {
        const caller = await verify(await sign(audience, user))
        if (caller?.subject !== user.subject) throw new Error(`a token for ${user.subject} does not hold`)
      }
    }
  }
  let pass = await begin()
  await pass()
  const before = process.cpuUsage()
  for (let count = 0; count < passes; count += 1) {
    if (fresh) pass = await begin()
    await pass()
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (passes * users)
}

/** Microseconds of processor time that router and subgraph take for `{ pushKey }`, asked by many users. */
async function costOfRequest() {
  const folder = mkdtempSync(join(tmpdir(), 'myhotel-bench-identity-'))
  const children = createChildren(folder)
  const issuer = await startIssuer()
  try {
    const [routerPort = 0, subgraphPort = 0] = await freePorts(2)
    const program = join(import.meta.dirname, 'identity-subgraph.ts')
    const subgraph = children.start('subgraph', 'others', [process.execPath, program], {
      IDENTITY_KEYS: keys,
      PORT: String(subgraphPort),
      NODE_ENV: 'production',
    })
    const main = join(import.meta.dirname, '../router/src/main.ts')
    const router = children.start('router', 'measured', [process.execPath, main], {
      IDENTITY_PRIVATE_KEY: privateKey,
      TOKEN_ISSUER: issuer.url,
      NOTIFICATION_URL: `http://127.0.0.1:${subgraphPort}`,
      PORT: String(routerPort),
      MANAGEMENT_PORT: '0',
      LOG_LEVEL: 'warn',
      PLAYGROUND: 'false',
    })
    const url = `http://127.0.0.1:${routerPort}/graphql`
    const tokens = await Promise.all(
      Array.from({ length: users }, (_, index) => issuer.tokenOf(`guest${index}`)),
    )
    await children.ready('router', async () => (await ask(url, tokens[0])).includes('"pushKey":"key"'))

    const requests = {
      documents: ['{ pushKey }'],
      tokens,
      requests: tokens.map((_, token) => ({ token })),
    }
    const tool = hasProgram('wrk', tell) ? ('wrk' as const) : ('node' as const)
    const options = { tool, connections: 20, expect: '"pushKey":"key"' }
    await load(requests, { ...options, url, seconds: Math.min(5, seconds) })
    const contender = { name: 'router', url, pids: { router: [router], subgraph: [subgraph] } }
    const measured = await round(contender, requests, { ...options, seconds })
    if (measured.errors > 0) throw new Error(`${measured.errors} errors: ${measured.examples?.[0]}`)
    return measured
  } finally {
    await children.stop()
    issuer.stop()
    rmSync(folder, { recursive: true })
  }
}

async function ask(url: string, token = ''): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ pushKey }"}',
  })
  return response.text()
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

const known = await costOfTokens({ passes: 200, fresh: false })
const fresh = await costOfTokens({ passes: 10, fresh: true })
const measured = await costOfRequest()
const { router = 0, subgraph = 0 } = measured.cpuSecondsPer1000
/** Seconds for a thousand are thousands of microseconds for one. */
const request = (router + subgraph) * 1_000
const share = (cost: number) => `${((cost / request) * 100).toFixed(2)} %`
/** Of a user's requests in a minute the first one costs more. */
const average = (perMinute: number) => (fresh + known * (perMinute - 1)) / perMinute
const enough = Math.ceil((fresh - known) / (request * 0.05 - known))

createReport('identity', join(import.meta.dirname, 'results'))('tokens-inside', {
  title: 'Tokens inside: signing and checking them',
  notes: [
    `\`{ pushKey }\` through router and one subgraph, ${users} users in turn, ${Math.round(measured.perSecond)} a second`,
    'processor time of both processes; a tiny request is the worst case, larger ones have the same tokens',
    `below 5 % on average from ${enough} requests of a user in a minute`,
  ],
  columns: ['', 'µs', 'of the request'],
  rows: [
    ['the request, tokens included', request, share(request)],
    ['sign and check, the user is known this minute', known, share(known)],
    ['sign and check, first request of the minute', fresh, share(fresh)],
    ['on average, 15 requests of a user in a minute', average(15), share(average(15))],
    ['on average, 60 requests of a user in a minute', average(60), share(average(60))],
  ],
  details: { known, fresh, measured },
})
