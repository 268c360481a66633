import type { GraphQLDataSource } from '@apollo/gateway'
import type { Logger } from '@myhotel/kit/logger'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import type { RouterContext } from '../exchange.ts'
import type { Source } from './executor/run.ts'
import { createEngine, type Engine } from './planning/engine.ts'
import type { Gateway, GatewayRequest, GatewayResult } from './request.ts'

type SchemaListener = Parameters<Gateway['onSchemaLoadOrUpdate']>[0]

/** The gateway as Apollo Server knows it. */
export function createGateway(options: {
  supergraph: string
  sourceOf: (subgraph: string) => Source & GraphQLDataSource
  planBytes: number
  log: Logger
}): Gateway {
  const listeners = new Set<SchemaListener>()
  /** A request is executed on the supergraph that it was validated on, also while another takes its place. */
  const engines = new WeakMap<GraphQLSchema, Engine>()

  function serve(engine: Engine) {
    engines.set(engine.apiSchema, engine)
    for (const listener of listeners) listener({ apiSchema: engine.apiSchema, coreSupergraphSdl: engine.sdl })
  }

  async function execute(request: GatewayRequest): Promise<GatewayResult> {
    const { exchange } = request.context as RouterContext
    const { operation } = request
    // Apollo answers that no operation has this name, given any error.
    if (!operation) return { errors: [new GraphQLError('the document has no operation of this name')] }
    exchange.operation = { name: operation.name?.value ?? null, kind: operation.operation }
    const engine = engines.get(request.schema)
    if (!engine) throw new Error('a request of no supergraph of ours')
    const result: GatewayResult = await engine.execute(request, operation)
    const extensions = exchange.extensions
    const written = exchange.writes.written()
    if (written) extensions.readAfter = written
    if (Object.keys(extensions).length > 0) result.extensions = extensions
    return result
  }

  return {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async load() {
      serve(createEngine({ ...options, sdl: options.supergraph }))
      return { executor: execute }
    },
    async stop() {},
  }
}
