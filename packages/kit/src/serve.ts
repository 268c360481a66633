import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { type GraphQLFormattedError, parse } from 'graphql'
import { type Finders, guarded, type Refused } from './access.ts'
import { plainApollo } from './apollo.ts'
import { isClientsFault, moreRules } from './client-faults.ts'
import { correlated, newCorrelation } from './context.ts'
import { createErrorLog } from './error-log.ts'
import { executedOnce } from './executed-once.ts'
import { isPassingFailure } from './failures.ts'
import { answerError, header, httpServer, lookHeader, serveGraphql } from './http.ts'
import { type Caller, createVerifier } from './identity.ts'
import type { Logger } from './logger.ts'
import type { Policy } from './policy.ts'
import { invalidInputFields } from './problems.ts'
import { answerEntitiesOneByOne } from './representations.ts'
import { scalars } from './scalars.ts'
import type { Health, Part } from './service.ts'
import { createShortcut } from './shortcut.ts'
import { refuseWhatIsNoText } from './text.ts'
import { SpanKind, spanUnderWay, traced } from './tracing.ts'

/** What every resolver of a subgraph is given. */
export type RequestContext = {
  readonly caller: Caller
  /** Set by a client that has just written: a read model should answer only when it has seen this much. */
  readonly readAfter: string | null
  /**
   * Notes that the request wrote `version` of an aggregate, `book.<id>`. The client is told, so that its next
   * read of a read model can wait for it.
   */
  wrote(aggregate: string, version: number): void
  /** What a resolver puts here is told in the `extensions` of the answer. */
  readonly extensions: Record<string, unknown>
}

/** Types that mean the same in every subgraph that has them. */
const sharedTypes = { ...scalars, InvalidInput: invalidInputFields }

const rememberedCharacters = 1024 * 1024
/** More than any plan of the router's has; a document without a limit could come to the end of the stack. */
const maxTokens = 30_000

/**
 * The GraphQL server of a subgraph, at POST /graphql. It takes only requests with a token of the router or of a
 * service (see identity.ts): nothing else about the caller is believed.
 */
export function subgraphServer(options: {
  name: string
  /** Path of the subgraph's schema.graphql. */
  schemaFile: string
  resolvers: object
  /** Who may call and see what: the resolvers are wrapped by it. */
  policy: Policy
  /** How objects are found that operations of the policy do something `to`. */
  find?: Finders
  /** Is told of each refusal; it returns at once. */
  onRefused(refused: Refused): void
  keys: string
  port: number
  host: string
  /** Milliseconds after which a kept connection is to be replaced by another one; 0 is never. */
  maxAgeMs?: number
  log: Logger
}): Part {
  const typeDefs = parse(readFileSync(options.schemaFile, 'utf8'))
  const used = new Set(typeDefs.definitions.map((node) => ('name' in node ? node.name?.value : undefined)))
  const ours = Object.fromEntries(Object.entries(sharedTypes).filter(([name]) => used.has(name)))
  const resolvers = guarded(typeDefs, options.resolvers, options, options.onRefused)
  const schema = buildSubgraphSchema({ typeDefs, resolvers: { ...resolvers, ...ours } })
  answerEntitiesOneByOne(schema)
  refuseWhatIsNoText(schema)
  const plain = plainApollo(options.log)
  const { gateway, known } = executedOnce<RequestContext>(schema)
  const apollo = new ApolloServer<RequestContext>({
    ...plain,
    gateway,
    introspection: true,
    csrfPrevention: false,
    parseOptions: { maxTokens },
    validationRules: [...moreRules],
    formatError: hideInternals(options.log),
    plugins: [...plain.plugins, tellExtensions],
  })
  const graphql = createShortcut({ apollo, known, rememberedCharacters })
  const verify = createVerifier(options.name, options.keys, options.log)

  let health: Health | undefined

  const http = httpServer({
    ...options,
    handle(request, response) {
      void (async () => {
        const token = /^Bearer (.+)$/i.exec(header(request, 'authorization') ?? '')?.[1]
        const caller = token ? await verify(token) : null
        if (!caller) return answerError(response, 401, 'UNAUTHENTICATED', 'a token of the router is needed')
        // Only who has a token says which trace this belongs to.
        const under = newCorrelation(header(request, 'x-correlation-id'), header(request, 'traceparent'))
        const options = { kind: SpanKind.SERVER }
        await correlated(under, () => traced('graphql', options, () => execute(caller, request, response)))
      })().catch((error: unknown) => {
        options.log.error({ err: error }, 'request failed')
        if (!response.headersSent) answerError(response, 500, 'INTERNAL_SERVER_ERROR', 'internal error')
      })
    },
  })

  async function execute(caller: Caller, request: IncomingMessage, response: ServerResponse) {
    if (request.method !== 'POST' || !request.url?.startsWith('/graphql')) {
      return answerError(response, 404, 'NOT_FOUND', 'GraphQL is at POST /graphql')
    }
    if (header(request, lookHeader) && !(await health?.check())?.ready) {
      return answerError(response, 503, 'SERVICE_UNAVAILABLE', 'unavailable for now: try again')
    }
    const writes: string[] = []
    const context: RequestContext = {
      caller,
      readAfter: header(request, 'x-read-after') ?? null,
      wrote: (aggregate, version) => writes.push(`${aggregate}:${version}`),
      extensions: {},
    }
    const tellWrites = (): Record<string, string> =>
      writes.length > 0 ? { 'x-wrote': writes.join(',') } : {}
    await serveGraphql(graphql, async () => context, request, response, { addHeaders: tellWrites })
  }

  return {
    ...http,
    async start(service) {
      health = service
      await apollo.start()
      await http.start?.(service)
    },
    async stop() {
      await http.stop?.()
      await apollo.stop()
    },
  }
}

const tellExtensions: ApolloServerPlugin<RequestContext> = {
  requestDidStart: async () => ({
    async willSendResponse({ contextValue, response }) {
      if (response.body.kind !== 'single' || Object.keys(contextValue.extensions).length === 0) return
      const { singleResult } = response.body
      singleResult.extensions = { ...singleResult.extensions, ...contextValue.extensions }
    },
  }),
}

/**
 * Errors that resolvers throw on purpose carry a code; all others are logged and told without their insides, those
 * that will pass by themselves as SERVICE_UNAVAILABLE.
 */
function hideInternals(log: Logger) {
  const tell = createErrorLog(log)
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    if (formatted.extensions?.code !== 'INTERNAL_SERVER_ERROR') return formatted
    if (isClientsFault(error)) return { ...formatted, extensions: { code: 'BAD_REQUEST' } }
    const cause = (error as { originalError?: unknown }).originalError ?? error
    const passing = isPassingFailure(cause)
    spanUnderWay()?.fail(cause)
    tell(passing ? 'warn' : 'error', { err: cause, path: formatted.path }, 'resolver failed')
    return passing
      ? {
          ...formatted,
          message: 'unavailable for now: try again',
          extensions: { code: 'SERVICE_UNAVAILABLE' },
        }
      : { ...formatted, message: 'internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }
  }
}

/** The id of the user who asks, where the policy admits none but users: that somebody else comes is a bug. */
export function userOf({ caller }: RequestContext): string {
  if (caller.subject === null) throw new Error('the policy admits callers who are no users')
  return caller.subject
}
