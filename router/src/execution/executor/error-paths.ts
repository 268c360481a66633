import type { FetchDataRewrite, FetchNode } from '@apollo/query-planner'
import type { GraphQLFormattedError } from 'graphql'
import { type Data, isObject, type Path } from './data.ts'
import type { Failure } from './errors.ts'
import type { Asked } from './representations.ts'
import type { Run } from './run.ts'

/** Tells what a subgraph says went wrong with a fetch; `asked` are the entities that it was for. */
type Tell = (run: Run, errors: readonly GraphQLFormattedError[] | undefined, asked?: Asked) => void

/**
 * Compiles how errors of one fetch come to the places in the result that they are about: each error of an entity to
 * every place where the object stands, all others to what all places of the fetch have in common. Each place is found
 * once, however many errors there are.
 */
export function compileErrors({ serviceName, outputRewrites }: FetchNode, at: Path): Tell {
  const firstList = at.indexOf('@')
  const common = firstList < 0 ? at : at.slice(0, firstList)
  const nameOf = compileNames(outputRewrites)

  return (run, errors = [], asked) => {
    if (errors.length === 0) return
    const placesOf = asked && placesByRepresentation(at, run.result, asked)

    for (const error of errors) {
      const message = error.message || `Error while fetching subquery from service "${serviceName}"`
      const make = (path: Path | undefined) => failureOf(serviceName, message, error, path)
      const path = error.path?.map(nameOf)
      const [, index] = path ?? []
      const places = typeof index === 'number' ? placesOf?.[index] : undefined
      if (path && places) {
        const inside = path.slice(2)
        run.errors.add(message, places.length, (place) => make([...(places[place] ?? []), ...inside]))
      } else {
        const isAtOnePlace = path && !asked && firstList < 0
        run.errors.add(message, 1, () => make(isAtOnePlace ? [...common, ...path] : path && common))
      }
    }
  }
}

/** An error of a subgraph's as clients are told it: it names the subgraph, and its path is one of the client's. */
function failureOf(
  serviceName: string,
  message: string,
  told: GraphQLFormattedError,
  path: Path | undefined,
): Failure {
  const code = told.extensions?.code || 'DOWNSTREAM_SERVICE_ERROR'
  return { message, path, extensions: { ...told.extensions, serviceName, code }, origin: told }
}

/** What a plan fetches under another name, and calls by its own in the result. */
function compileNames(rewrites: readonly FetchDataRewrite[] = []) {
  const names = new Map(
    rewrites.flatMap((rewrite) =>
      rewrite.kind === 'KeyRenamer' ? [[rewrite.path.at(-1) ?? '', rewrite.renameKeyTo] as const] : [],
    ),
  )
  return (step: string | number) => (typeof step === 'string' ? (names.get(step) ?? step) : step)
}

/** For each representation the places in the result where the objects stand that it was sent for. */
function placesByRepresentation(at: Path, result: Data, { objects, indices }: Asked): Path[][] {
  const places = placesOf(at, result)
  const found: Path[][] = []
  for (const [position, object] of objects.entries()) {
    const index = indices[position] as number
    const all = found[index] ?? []
    found[index] = all
    for (const place of places.get(object) ?? []) all.push(place)
    // The same object may be asked for at each of its places; they are found at the first.
    places.delete(object)
  }
  return found
}

/** The places of all objects in the result that a plan's path leads to, `@` being each item of a list. */
export function placesOf(path: Path, result: Data): Map<unknown, Path[]> {
  const places = new Map<unknown, Path[]>()
  const visit = (above: Path, from: number, value: unknown): void => {
    if (Array.isArray(value)) {
      const inside = path[from] === '@' ? from + 1 : from
      for (const [index, item] of value.entries()) visit([...above, index], inside, item)
    } else if (isObject(value)) {
      const name = path[from]
      if (name !== undefined)
        visit([...above, name], from + 1, Object.hasOwn(value, name) ? value[name] : null)
      else {
        const known = places.get(value)
        if (known) known.push(above)
        else places.set(value, [above])
      }
    }
  }
  visit([], 0, result)
  return places
}
