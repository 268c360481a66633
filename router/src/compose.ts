import { ApolloServer } from '@apollo/server'
import { plainApollo } from '@myhotel/kit/apollo'
import { moreRules } from '@myhotel/kit/client-faults'
import { createHostCheck } from '@myhotel/kit/hosts'
import { httpServer } from '@myhotel/kit/http'
import { createSigner } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import type { RouterEnv } from './env.ts'
import type { RouterContext } from './exchange.ts'
import { presentError } from './execution/errors.ts'
import { followSupergraph } from './execution/follow-supergraph.ts'
import { createGateway } from './execution/gateway.ts'
import { createReadYourWrites } from './execution/read-your-writes.ts'
import { createSubgraph } from './execution/subgraph.ts'
import { createCorrelate } from './http/correlate.ts'
import { createCors } from './http/cors.ts'
import { createDocuments } from './http/documents.ts'
import { createFrontDoor } from './http/front-door.ts'
import { statusByMediaType } from './http/over-http.ts'
import { createProxies } from './http/proxies.ts'
import { createShortcut } from './http/shortcut.ts'
import { createUsers } from './identity/users.ts'
import { createLoad } from './limits/load.ts'
import { createOperationLimits } from './limits/operation-limits.ts'
import { createRateLimits } from './limits/rate-limits.ts'
import { shapeRule } from './limits/shape.ts'

/** The router of the parts that its environment asks for. */
export async function compose(env: RouterEnv, log: Logger): Promise<Part[]> {
  const sign = await createSigner(env.IDENTITY_PRIVATE_KEY, log)
  const times = {
    timeoutMs: env.SUBGRAPH_TIMEOUT_MS,
    contributionTimeoutMs: env.CONTRIBUTION_TIMEOUT_MS,
    connectionMaxAgeMs: env.CONNECTION_MAX_AGE_MS,
  }
  const subgraphs = env.subgraphs.map((one) => createSubgraph({ ...one, ...times, sign, log }))
  const users = createUsers({
    issuer: env.TOKEN_ISSUER,
    token: {
      audiences: env.TOKEN_AUDIENCE,
      audienceClaim: env.TOKEN_AUDIENCE_CLAIM,
      type: env.TOKEN_TYPE ?? null,
      rolesClaim: env.ROLES_CLAIM,
    },
    log,
  })
  const rates = createRateLimits({
    redisUrl: env.REDIS_URL,
    windowSeconds: env.RATE_LIMIT_WINDOW_SECONDS,
    perUser: env.RATE_LIMIT_USER,
    perAddress: env.RATE_LIMIT_ADDRESS,
    mutations: env.RATE_LIMIT_MUTATIONS,
    log,
  })
  const load = createLoad({
    maxInFlight: env.MAX_REQUESTS_IN_FLIGHT,
    maxDelayMs: env.MAX_EVENT_LOOP_DELAY_MS,
    log,
  })
  const { persistedQueries, plugin: documents } = createDocuments(env.manifest)
  const gateway = createGateway({
    supergraph: env.supergraph,
    documents: env.DOCUMENTS_FILE ?? new Map(),
    sourceOf: (name) => {
      const subgraph = subgraphs.find((one) => one.name === name)
      if (!subgraph) throw new Error(`the environment knows no subgraph ${name}`)
      return subgraph
    },
    planBytes: env.PLAN_MEMORY_MIB * 1024 * 1024,
    log,
  })
  const limits = createOperationLimits({ cost: env.MAX_COST, first: env.MAX_FIRST, rates })
  const plain = plainApollo(log)
  const apollo = new ApolloServer<RouterContext>({
    ...plain,
    plugins: [...plain.plugins, documents, limits.plugin, statusByMediaType],
    ...(persistedQueries && { persistedQueries }),
    parseOptions: { maxTokens: env.MAX_TOKENS },
    validationRules: [
      ...moreRules,
      shapeRule({ depth: env.MAX_DEPTH, aliases: env.MAX_ALIASES, directives: env.MAX_DIRECTIVES }),
    ],
    gateway,
    introspection: env.INTROSPECTION,
    hideSchemaDetailsFromClientErrors: !env.INTROSPECTION,
    formatError: presentError(log),
  })
  const proxies = createProxies(env.TRUST_PROXY)
  const handle = createFrontDoor({
    server: createShortcut({ apollo, gateway, limits }),
    users,
    proxies,
    correlate: createCorrelate({
      proxies,
      trustTraceparent: env.TRUST_TRACEPARENT,
      sampleRatio: env.TRACE_SAMPLE_RATIO,
    }),
    load,
    rates,
    readYourWrites: createReadYourWrites(),
    cors: createCors(env.CORS_ORIGINS),
    wrongHost: env.NODE_ENV === 'production' ? null : createHostCheck(env.DEVELOPMENT_HOSTS),
    playground: env.PLAYGROUND
      ? (await import('./playground/playground.ts')).createPlayground({
          tokenUrl: env.PLAYGROUND_TOKEN_URL,
          log,
        })
      : null,
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    longestBody: env.MAX_BODY_BYTES,
    log,
  })
  return [
    ...subgraphs,
    users,
    rates,
    { name: 'gateway', start: () => apollo.start(), stop: () => apollo.stop() },
    followSupergraph({
      file: env.SUPERGRAPH_FILE,
      served: env.supergraph,
      subgraphs: env.subgraphs.map(({ name }) => name),
      gateway,
      log,
    }),
    load,
    httpServer({ port: env.PORT, host: env.HOST, maxAgeMs: env.CONNECTION_MAX_AGE_MS, log, handle }),
  ]
}
