import { GraphQLError, type GraphQLSchema } from 'graphql'
import type { Exchange, Operation, RouterContext } from '../exchange.ts'
import { createEngine, type Engine, type EngineOptions } from './planning/engine.ts'
import { operationsOf } from './planning/plans.ts'
import type { Gateway, GatewayRequest, GatewayResult } from './request.ts'

type Variables = Readonly<Record<string, unknown>>
type SchemaListener = Parameters<Gateway['onSchemaLoadOrUpdate']>[0]

/** The gateway as Apollo Server knows it. Its supergraph can be replaced while it serves. */
export type ReplaceableGateway = Gateway & {
  /** Whether this is the schema that new requests are served on. */
  serves(schema: GraphQLSchema): boolean
  /** Executes an operation for a request: once, however often it is asked to. */
  execute(operation: Operation, exchange: Exchange, variables: Variables): Promise<GatewayResult>
  /**
   * Serves another supergraph from now on. What was asked of the last one is planned before, and requests under
   * way are finished on the one that they began with.
   * @throws where it cannot be served; the last one stays
   */
  replace(sdl: string): Promise<void>
}

export function createGateway(
  options: EngineOptions & {
    supergraph: string
    /** Documents by id that are planned before the first request comes. */
    documents: ReadonlyMap<string, string>
  },
): ReplaceableGateway {
  let current: Engine | undefined
  const listeners = new Set<SchemaListener>()
  /** A request is executed on the supergraph that it was validated on, also when another has taken its place. */
  const engines = new WeakMap<GraphQLSchema, Engine>()

  function serve(engine: Engine) {
    current = engine
    engines.set(engine.apiSchema, engine)
    for (const listener of listeners) listener({ apiSchema: engine.apiSchema, coreSupergraphSdl: engine.sdl })
  }

  async function executor({ operation, schema, document, queryHash, request, context }: GatewayRequest) {
    // Apollo answers that no operation has this name, given any error.
    if (!operation) return { errors: [new GraphQLError('the document has no operation of this name')] }
    const { exchange } = context as RouterContext
    return execute({ id: queryHash, document, operation, schema }, exchange, request.variables ?? {})
  }

  function execute(operation: Operation, exchange: Exchange, variables: Variables): Promise<GatewayResult> {
    exchange.asked = operation
    exchange.execution ??= executeNow(operation, exchange, variables)
    return exchange.execution
  }

  async function executeNow(operation: Operation, exchange: Exchange, variables: Variables) {
    const engine = engines.get(operation.schema)
    if (!engine) throw new Error('a request of no supergraph of ours')
    const result: GatewayResult = await engine.execute(operation, exchange, variables)
    const extensions = exchange.extensions
    const written = exchange.writes.written()
    if (written) extensions.readAfter = written
    if (Object.keys(extensions).length > 0) result.extensions = extensions
    return result
  }

  return {
    serves: (schema) => schema === current?.apiSchema,
    execute,
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async load() {
      const engine = createEngine(options.supergraph, options)
      await engine.plans.warm(operationsOf(options.documents))
      serve(engine)
      return { executor }
    },
    async replace(sdl) {
      const engine = createEngine(sdl, options)
      await engine.plans.warm(current?.plans.known() ?? [])
      serve(engine)
    },
    async stop() {},
  }
}
