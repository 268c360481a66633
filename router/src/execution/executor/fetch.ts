import type { FetchNode } from '@apollo/query-planner'
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { Data, Path } from './data.ts'
import { placesOf, subgraphError } from './error-paths.ts'
import { merge } from './merge.ts'
import { type Asked, createCollector } from './representations.ts'
import { compileRewrites } from './rewrites.ts'
import type { Answer, Run, Source, Step } from './run.ts'

/** Compiles a fetch: which objects it is for, what is sent for them, and what becomes of the answer. */
export function compileFetch(fetch: FetchNode, at: Path, schema: GraphQLSchema, source: Source): Step {
  const operation = JSON.stringify(fetch.operation)
  const variablesOf = compileVariables(fetch.variableUsages)
  const rewrite = compileRewrites(schema, fetch.outputRewrites)
  const collect = fetch.requires && createCollector(schema, fetch.requires, fetch.inputRewrites)

  const isMutation = fetch.operationKind === 'mutation'
  const rootFields = { isMutation }

  async function fetchFields(run: Run, objects: readonly Data[]) {
    const answer = await source.send(operation, `{${variablesOf(run)}}`, run.exchange, rootFields)
    tellErrors(run, answer, (path) => [path && [...at, ...path]])
    const data = answer.data
    if (!data) return
    rewrite(data)
    for (const object of objects) merge(object, data)
  }

  async function fetchEntities(run: Run, { representations, objects, indices }: Asked) {
    const variables = variablesOf(run)
    const text = `"representations":${JSON.stringify(representations)}`
    const asked = { isMutation, entities: representations.length }
    const answer = await source.send(
      operation,
      `{${variables}${variables && ','}${text}}`,
      run.exchange,
      asked,
    )
    tellErrors(run, answer, (path) => {
      const [, index, ...inside] = path ?? []
      if (typeof index !== 'number') return [path && [...at, ...path]]
      const places = placesOf(at, run.result)
      return askedFor(indices, index).map((asked) => [...(places[asked] ?? []), ...inside])
    })
    if (!answer.data) return
    const entities = answer.data._entities as readonly (Data | null)[]
    let rewritten = 0
    for (let position = 0; position < objects.length; position += 1) {
      const object = objects[position] as Data
      const index = indices[position] as number
      const entity = entities[index]
      const isFirst = index === rewritten
      if (isFirst) rewritten += 1
      if (!entity) continue
      if (isFirst) {
        if (!entity.__typename) entity.__typename = object.__typename
        rewrite(entity)
      }
      merge(object, entity)
    }
  }

  function tellErrors(run: Run, answer: Answer, pathsOf: PathsOf) {
    for (const error of answer.errors ?? []) {
      for (const path of pathsOf(error.path)) run.errors.push(subgraphError(fetch.serviceName, error, path))
    }
  }

  return async (run, found) => {
    const objects = found.filter(isKnown)
    if (objects.length === 0) return
    try {
      if (!collect) return await fetchFields(run, objects)
      const asked = collect(objects)
      if (asked.representations.length > 0) await fetchEntities(run, asked)
    } catch (error) {
      run.errors.push(error)
    }
  }
}

/** The client's paths of an error: one for each place that the object was asked for. */
type PathsOf = (path: GraphQLFormattedError['path']) => (Path | undefined)[]

const isKnown = (object: Data | null | undefined): object is Data => object !== null && object !== undefined

const askedFor = (indices: readonly number[], representation: number) => {
  const asked = indices.flatMap((one, index) => (one === representation ? [index] : []))
  // An index that was not asked for has no place of its own.
  return asked.length > 0 ? asked : [-1]
}

/** The client's variables that a fetch uses, as JSON texts without braces. What was not given is not sent. */
function compileVariables(names: readonly string[] = []): (run: Run) => string {
  const keys = names.map((name) => [name, `${JSON.stringify(name)}:`] as const)
  return ({ variables }) => {
    let text = ''
    for (const [name, key] of keys) {
      if (!Object.hasOwn(variables, name) || variables[name] === undefined) continue
      text += `${text && ','}${key}${JSON.stringify(variables[name])}`
    }
    return text
  }
}
