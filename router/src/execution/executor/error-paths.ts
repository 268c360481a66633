import type { GraphQLFormattedError } from 'graphql'
import { GraphQLError } from 'graphql'
import { type Data, isObject, type Path } from './data.ts'

/** An error of a subgraph's as clients are told it: it names the subgraph, and its path is one of the client's. */
export function subgraphError(serviceName: string, told: GraphQLFormattedError, path: Path | undefined) {
  const { message, extensions } = told
  return new GraphQLError(message || `Error while fetching subquery from service "${serviceName}"`, {
    originalError: told as unknown as Error,
    path,
    extensions: { ...extensions, serviceName, code: extensions?.code || 'DOWNSTREAM_SERVICE_ERROR' },
  })
}

/**
 * Every place in the result that a plan's path leads to, `@` being each item of a list, in the order in which a
 * fetch visits them.
 */
export function placesOf(path: Path, result: Data): Path[] {
  const places: Path[] = []
  visit([], path, result, places)
  return places
}

function visit(above: Path, path: Path, value: unknown, places: Path[]): void {
  if (value === null || value === undefined) return
  const [first, ...rest] = path
  if (first === undefined) places.push(above)
  else if (Array.isArray(value)) {
    const inside = first === '@' ? rest : path
    for (const [index, item] of value.entries()) visit([...above, index], inside, item, places)
  } else if (isObject(value) && Object.hasOwn(value, first)) {
    visit([...above, first], rest, value[first], places)
  }
}
