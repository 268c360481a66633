import type { FetchNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import type { Data, Path } from './data.ts'
import { compileErrors } from './error-paths.ts'
import { merge } from './merge.ts'
import { type Asked, createCollector } from './representations.ts'
import { compileRewrites } from './rewrites.ts'
import type { Run, Source, Step } from './run.ts'

/** Compiles a fetch: which objects it is for, what is sent for them, and what becomes of the answer. */
export function compileFetch(fetch: FetchNode, at: Path, schema: GraphQLSchema, source: Source): Step {
  const operation = JSON.stringify(fetch.operation)
  const variablesOf = compileVariables(fetch.variableUsages)
  const rewrite = compileRewrites(schema, fetch.outputRewrites)
  const tell = compileErrors(fetch, at)
  const collect = fetch.requires && createCollector(schema, fetch.requires, fetch.inputRewrites)

  const isMutation = fetch.operationKind === 'mutation'
  const rootFields = { isMutation }

  async function fetchFields(run: Run, objects: readonly Data[]) {
    const answer = await source.send(operation, `{${variablesOf(run)}}`, run.exchange, rootFields)
    tell(run, answer.errors)
    const data = answer.data
    if (!data) return
    rewrite(data)
    for (const object of objects) merge(object, data)
  }

  async function fetchEntities(run: Run, asked: Asked) {
    const { representations, objects, indices } = asked
    const variables = variablesOf(run)
    const text = `"representations":${JSON.stringify(representations)}`
    const answer = await source.send(operation, `{${variables}${variables && ','}${text}}`, run.exchange, {
      isMutation,
      entities: representations.length,
    })
    tell(run, answer.errors, asked)
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

  return async (run, found) => {
    const objects = found.filter(isKnown)
    if (objects.length === 0) return
    try {
      if (!collect) return await fetchFields(run, objects)
      const asked = collect(objects)
      if (asked.representations.length > 0) await fetchEntities(run, asked)
    } catch (error) {
      run.errors.addThrown(error)
    }
  }
}

const isKnown = (object: Data | null | undefined): object is Data => object !== null && object !== undefined

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
