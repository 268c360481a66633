import { fileURLToPath } from 'node:url'
import { createLogger } from '@myhotel/kit/logger'
import { type RequestContext, subgraphServer } from '@myhotel/kit/serve'
import type { Part } from '@myhotel/kit/service'
import { openPolicy } from '@myhotel/kit/testing/open-policy'

type Resolver = (parent: unknown, args: Record<string, unknown>, context: RequestContext) => unknown

/**
 * A server that stands for another subgraph: it has that subgraph's own schema and believes only tokens that the
 * test signed, but its one mutation does what the test says.
 */
export function standIn(options: {
  name: 'book' | 'room'
  port: number
  keys: string
  mutation: Record<string, Resolver>
}): Part {
  const schemaFile = fileURLToPath(new URL(`../../../${options.name}/schema.graphql`, import.meta.url))
  const log = createLogger('stand-in', 'silent')
  const { mutation, ...rest } = options
  return subgraphServer({
    ...{ ...rest, schemaFile, host: '127.0.0.1', log },
    resolvers: { Mutation: mutation },
    policy: openPolicy(schemaFile),
    onRefused: () => {},
  })
}
