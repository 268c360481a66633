import { join } from 'node:path'
import { readEnv, serviceEnv } from '@myhotel/kit/env'
import { z } from 'zod'
import { readSupergraph } from './execution/supergraph.ts'

const { PORT, HOST, LOG_LEVEL } = serviceEnv
const url = z.url({ protocol: /^https?$/ })
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)
const milliseconds = z.coerce.number().int().min(1)

/** `service-center` → `SERVICE_CENTER_URL` */
const urlVariable = (subgraph: string) => `${subgraph.toUpperCase().replaceAll('-', '_')}_URL`

/** `<NAME>_URL` of each subgraph: one base URL, or several of replicas, separated by commas. */
const urlsOf = (subgraphs: readonly string[]) =>
  z.object(
    Object.fromEntries(
      subgraphs.map((name) => [
        urlVariable(name),
        list.pipe(z.array(url).min(1)).prefault(`http://${name}:4000`),
      ]),
    ),
  )

const settings = z
  .object({
    ...{ PORT, HOST, LOG_LEVEL },
    NODE_ENV: z.string().default('development'),
    /** The composed schema that the router serves. */
    SUPERGRAPH_FILE: z.string().default(join(import.meta.dirname, '../supergraph.graphql')),
    /** The router's own key (private JWK as JSON): with it the router says to subgraphs who asks. */
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
    /** Whether GET / serves the playground; on unless in production. */
    PLAYGROUND: z.stringbool().optional(),
    /** Where the playground gets tokens of development accounts: POST {account} → {access_token}. */
    PLAYGROUND_TOKEN_URL: url.optional(),
    /** How long one subgraph may be silent. */
    SUBGRAPH_TIMEOUT_MS: milliseconds.default(10_000),
    /** How long one request of a client may take as a whole. */
    REQUEST_TIMEOUT_MS: milliseconds.default(20_000),
  })
  .superRefine((env, context) => {
    if (env.NODE_ENV !== 'production') return
    const refuse = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message })
    if (env.CORS_ORIGINS.includes('*')) refuse('CORS_ORIGINS', 'any origin (*) is for development only')
    if (!env.TOKEN_ISSUER.startsWith('https:'))
      refuse('TOKEN_ISSUER', 'an issuer that is reached without TLS (http:) is for development only')
    if (env.PLAYGROUND_TOKEN_URL)
      refuse('PLAYGROUND_TOKEN_URL', 'development accounts are for development only')
  })
  .transform((env) => ({
    ...env,
    INTROSPECTION: env.INTROSPECTION ?? env.NODE_ENV !== 'production',
    PLAYGROUND: env.PLAYGROUND ?? env.NODE_ENV !== 'production',
  }))

/** All that the router is told from outside. Read once; with any mistake the process ends. */
export function readRouterEnv(source: NodeJS.ProcessEnv = process.env) {
  const told = readEnv(settings, source)
  const supergraph = readSupergraph(told.SUPERGRAPH_FILE)
  const urls = readEnv(urlsOf(supergraph.subgraphs), source)
  return {
    ...told,
    supergraph: supergraph.sdl,
    subgraphs: supergraph.subgraphs.map((name) => ({ name, urls: urls[urlVariable(name)] ?? [] })),
  }
}

export type RouterEnv = ReturnType<typeof readRouterEnv>
