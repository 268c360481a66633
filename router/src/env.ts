import { findPackageJSON } from 'node:module'
import { join } from 'node:path'
import { processEnv, readEnv, redisUrl, serviceUrls, splitList } from '@myhotel/kit/env'
import { z } from 'zod'
import { readSupergraph } from './execution/supergraph.ts'
import { readManifest } from './http/documents.ts'
import { createProxies } from './http/proxies.ts'

const url = z.url({ protocol: /^https?$/ })
const list = z.string().transform(splitList)
const count = z.coerce.number().int().min(1)
const milliseconds = count
/** Requests in a window; 0 is no limit. */
const rate = z.coerce.number().int().min(0)

/** `2`: so many proxies stand in front; else their addresses and networks. */
const proxies = z
  .union([
    z.stringFormat('number', /^\d+$/).transform(Number),
    list.refine(areAddresses, 'is neither a number of proxies nor a list of addresses and networks'),
  ])
  .prefault('')

const manifest = z.string().transform((file, context) => {
  try {
    return readManifest(file)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
    return z.NEVER
  }
})

/** `service-center` → `SERVICE_CENTER_URL` */
const urlVariable = (subgraph: string) => `${subgraph.toUpperCase().replaceAll('-', '_')}_URL`

/** `<NAME>_URL` of each subgraph. */
const urlsOf = (subgraphs: readonly string[]) =>
  z.object(
    Object.fromEntries(
      subgraphs.map((name) => [
        urlVariable(name),
        serviceUrls.transform(splitList).prefault(`http://${name}:4000`),
      ]),
    ),
  )

const settings = z
  .object({
    ...processEnv,
    NODE_ENV: z.string().default('development'),
    /** The composed schema that the router serves. */
    SUPERGRAPH_FILE: z.string().default(join(import.meta.dirname, '../supergraph.graphql')),
    /** How much memory plans of operations may take; the least used are forgotten first. */
    PLAN_MEMORY_MIB: count.default(64),
    /**
     * The router's own key (private JWK as JSON): with it the router says to subgraphs who asks. Or
     * IDENTITY_PRIVATE_KEY_FILE, which is read again when it changes.
     */
    IDENTITY_PRIVATE_KEY: z.string(),
    /** The OpenID Connect issuer whose access tokens are accepted, as it stands in them. */
    TOKEN_ISSUER: url,
    /** Whom tokens must be for; several, separated by commas, where each client of the issuer is an audience. */
    TOKEN_AUDIENCE: list.pipe(z.array(z.string()).min(1)).prefault('myhotel'),
    /** The claim that says whom a token is for, with issuers that have no `aud` in access tokens (`client_id`). */
    TOKEN_AUDIENCE_CLAIM: z.string().min(1).default('aud'),
    /** The `typ` that a token's header must have; unless told, `at+jwt`, `JWT` or none. */
    TOKEN_TYPE: z.string().min(1).optional(),
    /** Name of the claim that lists the user's roles, or the way to it: `realm_access.roles`. */
    ROLES_CLAIM: z.string().default('roles'),
    /** Origins whose pages may call the router, separated by commas; `*`, all, only in development. */
    CORS_ORIGINS: list.prefault(''),
    /** Whether clients may ask for the schema; on unless in production. */
    INTROSPECTION: z.stringbool().optional(),
    /** Names besides localhost under which the router may be called in development, separated by commas. */
    DEVELOPMENT_HOSTS: list.prefault(''),
    /** Whether GET / serves the playground; on unless in production, and where its editor is installed. */
    PLAYGROUND: z.stringbool().optional(),
    /** Where the playground gets tokens of development accounts: POST {account} → {access_token}. */
    PLAYGROUND_TOKEN_URL: url.optional(),
    /** Which documents are executed: any, or only those of DOCUMENTS_FILE. */
    DOCUMENTS: z.enum(['any', 'persisted']).default('any'),
    /** The manifest of persisted documents (`npm run documents`). */
    DOCUMENTS_FILE: manifest.optional(),
    /** The proxies in front whose `x-forwarded-for` and `x-forwarded-proto` are believed; none unless told. */
    TRUST_PROXY: proxies,
    /** Whether the `traceparent` of those proxies is continued; a client's never is. */
    TRUST_TRACEPARENT: z.stringbool().default(false),
    /** The share of traces started here that are sampled, 0 to 1. */
    TRACE_SAMPLE_RATIO: z.coerce.number().min(0).max(1).default(0.1),
    /** Tokens (names, brackets, values) of a document, and what it may hold in them; see limits/shape.ts. */
    MAX_TOKENS: count.default(1_000),
    MAX_DEPTH: count.default(15),
    MAX_ALIASES: count.default(30),
    MAX_DIRECTIVES: count.default(30),
    /** Objects that an operation may return, and entries that one page may have. */
    MAX_COST: count.default(10_000),
    MAX_FIRST: count.default(100),
    MAX_BODY_BYTES: count.default(256 * 1024),
    /** Where requests are counted for all routers together; without it, each counts its own. */
    REDIS_URL: redisUrl.optional(),
    RATE_LIMIT_WINDOW_SECONDS: count.default(60),
    /** Requests of a signed-in user, and of an address where nobody is signed in. */
    RATE_LIMIT_USER: rate.default(600),
    RATE_LIMIT_ADDRESS: rate.default(300),
    /** Mutations of either. */
    RATE_LIMIT_MUTATIONS: rate.default(120),
    /** More requests at once, or a slower event loop, and further requests are turned away. */
    MAX_REQUESTS_IN_FLIGHT: count.default(1_000),
    MAX_EVENT_LOOP_DELAY_MS: milliseconds.default(1_000),
    /** How long an answer of a subgraph may take. */
    SUBGRAPH_TIMEOUT_MS: milliseconds.default(10_000),
    /** How long a query waits for what it can do without: what others contribute, and supporting subgraphs. */
    CONTRIBUTION_TIMEOUT_MS: milliseconds.default(1_000),
    /** How long one request of a client may take as a whole. */
    REQUEST_TIMEOUT_MS: milliseconds.default(20_000),
  })
  .superRefine((env, context) => {
    const refuse = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message })
    if (
      env.TRUST_TRACEPARENT &&
      (env.TRUST_PROXY === 0 || (Array.isArray(env.TRUST_PROXY) && env.TRUST_PROXY.length === 0))
    )
      refuse('TRUST_TRACEPARENT', 'is for proxies of TRUST_PROXY, and there are none')
    if (env.PLAYGROUND && !canPlay())
      refuse('PLAYGROUND', 'its editor (ruru) is installed for development only: leave it off')
    if (env.DOCUMENTS === 'persisted' && !env.DOCUMENTS_FILE)
      refuse('DOCUMENTS_FILE', 'is needed where only persisted documents are executed')
    if (env.NODE_ENV !== 'production') return
    if (env.CORS_ORIGINS.includes('*')) refuse('CORS_ORIGINS', 'any origin (*) is for development only')
    if (!env.TOKEN_ISSUER.startsWith('https:'))
      refuse('TOKEN_ISSUER', 'an issuer that is reached without TLS (http:) is for development only')
    if (env.PLAYGROUND_TOKEN_URL)
      refuse('PLAYGROUND_TOKEN_URL', 'development accounts are for development only')
  })
  .transform((env) => ({
    ...env,
    INTROSPECTION: env.INTROSPECTION ?? env.NODE_ENV !== 'production',
    PLAYGROUND: env.PLAYGROUND ?? (env.NODE_ENV !== 'production' && canPlay()),
  }))

/** Whether the playground's editor is there: with React and Monaco it is a devDependency. */
function canPlay(): boolean {
  try {
    return findPackageJSON('ruru', import.meta.url) !== undefined
  } catch {
    return false
  }
}

function areAddresses(addresses: readonly string[]): boolean {
  try {
    createProxies(addresses)
    return true
  } catch {
    return false
  }
}

/** All that the router is told from outside. Read once; with any mistake the process ends. */
export function readRouterEnv(source: NodeJS.ProcessEnv = process.env) {
  const told = readEnv(settings, source)
  const supergraph = readSupergraph(told.SUPERGRAPH_FILE)
  const urls = readEnv(urlsOf(supergraph.subgraphs.map(({ name }) => name)), source)
  return {
    ...told,
    manifest: told.DOCUMENTS === 'persisted' ? (told.DOCUMENTS_FILE ?? null) : null,
    supergraph: supergraph.sdl,
    subgraphs: supergraph.subgraphs.map((one) => ({ ...one, urls: urls[urlVariable(one.name)] ?? [] })),
  }
}

export type RouterEnv = ReturnType<typeof readRouterEnv>
