import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeServices } from '@apollo/composition'
import { answer, lookHeader } from '@myhotel/kit/http'
import { type RequestContext, subgraphServer } from '@myhotel/kit/serve'
import { createTestIdentities, createTestLog, startParts } from '@myhotel/kit/testing'
import { openPolicy } from '@myhotel/kit/testing/open-policy'
import { parse } from 'graphql'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { compose } from './compose.ts'
import { readRouterEnv } from './env.ts'

type Resolvers = Record<
  string,
  Record<string, (parent: never, args: never, context: RequestContext) => unknown>
>

/** A subgraph of a test: of our own kind, or anything that listens for HTTP. */
export type TestSubgraph = {
  schema: string
  resolvers?: Resolvers
  listener?: RequestListener
  urls?: string
  /** What the supergraph says of it; nothing unless told. */
  rank?: string
}

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@inaccessible", "@external", "@requires"])\n`

/** What has to be stopped after a test, last started first. */
export function createCleanup() {
  const stops: (() => Promise<unknown> | unknown)[] = []
  return {
    add: (stop: () => Promise<unknown> | unknown) => void stops.unshift(stop),
    async run() {
      for (const stop of stops.splice(0)) await stop()
    },
  }
}

export type Cleanup = ReturnType<typeof createCleanup>

/** Composes the subgraphs and starts them and a router in this process; `env` is added to the router's. */
export async function startRouter(
  cleanup: Cleanup,
  subgraphs: Record<string, TestSubgraph>,
  env: NodeJS.ProcessEnv = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'router-'))
  cleanup.add(() => rm(folder, { recursive: true }))
  const names = Object.keys(subgraphs)
  const supergraph = join(folder, 'supergraph.graphql')
  await writeFile(supergraph, composed(subgraphs))
  const identities = await createTestIdentities('router', 'stranger')

  const urls: NodeJS.ProcessEnv = {}
  const started: Record<string, { url: string; lines: Record<string, unknown>[] }> = {}
  for (const name of names) {
    const { schema, resolvers = {}, listener, urls: given } = subgraphs[name] as TestSubgraph
    if (given || listener) {
      urls[`${name.toUpperCase()}_URL`] = given ?? (await listen(cleanup, listener as RequestListener)).url
      continue
    }
    const schemaFile = join(folder, `${name}.graphql`)
    await writeFile(schemaFile, link + schema)
    const { log, lines } = createTestLog()
    const { keys } = identities
    const policy = openPolicy(schemaFile)
    const server = subgraphServer({
      ...{ name, schemaFile, resolvers, policy, keys, port: 0, host: '127.0.0.1', log },
      onRefused: () => {},
    })
    const { url, stop } = await startParts([server], lines)
    cleanup.add(stop)
    started[name] = { url, lines }
    urls[`${name.toUpperCase()}_URL`] = url
  }

  const { log, lines } = createTestLog()
  const routerEnv = readRouterEnv({
    PORT: '0',
    SUPERGRAPH_FILE: supergraph,
    IDENTITY_PRIVATE_KEY: identities.privateKey('router'),
    TOKEN_ISSUER: 'http://127.0.0.1:9',
    // A busy machine is no outage.
    CONTRIBUTION_TIMEOUT_MS: '10000',
    ...urls,
    ...env,
  })
  const parts = await compose(routerEnv, log)
  const { url, stop } = await startParts(parts, lines)
  cleanup.add(stop)
  return { url, lines, subgraphs: started, identities, ask: asker(url), supergraphFile: supergraph }
}

/** The answer to an operation, as JSON, with what came along. */
export function asker(url: string) {
  return async function ask(
    query: string,
    options: { variables?: object; headers?: Record<string, string> } = {},
  ) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...options.headers },
      body: JSON.stringify({ query, variables: options.variables }),
    })
    const { data, errors, extensions } = (await response.json()) as {
      data?: Record<string, unknown> | null
      errors?: { message: string; path?: unknown[]; extensions: Record<string, unknown> }[]
      extensions?: Record<string, unknown>
    }
    return { status: response.status, headers: response.headers, data, errors, extensions }
  }
}

/** The supergraph of these subgraphs. */
export function composed(subgraphs: Record<string, TestSubgraph>): string {
  const { supergraphSdl, errors } = composeServices(
    Object.entries(subgraphs).map(([name, { schema }]) => ({
      name,
      url: '',
      typeDefs: parse(link + schema),
    })),
  )
  if (!supergraphSdl) throw new Error(errors?.join('\n'))
  return Object.entries(subgraphs).reduce((sdl, [name, { rank }]) => {
    return rank ? sdl.replace(`${name.toUpperCase()} @join__graph(`, `"""${rank}""" $&`) : sdl
  }, supergraphSdl)
}

/** Any HTTP server, on a free port unless told. */
export async function listen(
  cleanup: Cleanup,
  listener: RequestListener,
  port = 0,
): Promise<{ url: string; server: Server }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  cleanup.add(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

/** Whether the router asks how a subgraph is, and not for anything of it. */
export const isLook = ({ method, headers }: IncomingMessage) => method === 'GET' || lookHeader in headers

/** Where nobody listens. */
export async function deadUrl(): Promise<string> {
  const cleanup = createCleanup()
  const { url } = await listen(cleanup, () => {})
  await cleanup.run()
  return url
}

export async function bodyOf(
  request: IncomingMessage,
): Promise<{ query: string; variables: Record<string, unknown> }> {
  const chunks = await request.toArray()
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** An issuer whose tokens can have any fault; `keys` are those it publishes. */
export async function startIssuer(cleanup: Cleanup) {
  const issuer = { away: false, keys: [] as object[], requests: 0 }
  const { url } = await listen(cleanup, (request, response) => {
    issuer.requests += 1
    if (issuer.away) return answer(response, 500, {})
    if (request.url === '/jwks') return answer(response, 200, { keys: issuer.keys })
    answer(response, 200, { issuer: url, jwks_uri: `${url}/jwks` })
  })

  /** A new key pair, published, and a function that signs with it. */
  async function createKey(alg: string, kid: string) {
    const { privateKey, publicKey } = await generateKeyPair(alg)
    const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
    issuer.keys.push(jwk)
    return (claims: JWTPayload, header: object = {}) =>
      new SignJWT({
        iss: url,
        aud: 'myhotel',
        sub: 'guest1',
        roles: ['guest'],
        exp: inSeconds(60),
        ...claims,
      })
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey)
  }
  return Object.assign(issuer, { url, createKey })
}

export const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
