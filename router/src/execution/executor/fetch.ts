import type { FetchNode } from '@apollo/query-planner'
import { GraphQLError, type GraphQLFormattedError, Kind, parse, visit } from 'graphql'
import type { FieldSets } from '../planning/field-sets.ts'
import type { Data, Path } from './data.ts'
import { compileErrors } from './error-paths.ts'
import { type Asked, createCollector } from './representations.ts'
import { compileRewrites } from './rewrites.ts'
import type { Answer, PlanContext, Run, Step } from './run.ts'

/** Compiles a fetch: which objects it is for, what is sent for them, and what becomes of the answer. */
export function compileFetch(
  fetch: FetchNode,
  at: Path,
  { schema, sourceOf, fieldSetsOf, merge }: PlanContext,
): Step {
  const source = sourceOf(fetch.serviceName)
  const operation = JSON.stringify(fetch.operation)
  const variablesOf = compileVariables(fetch.variableUsages)
  const rewrite = compileRewrites(schema, fetch.outputRewrites)
  const tell = compileErrors(fetch, at)
  const { keysOf, needsOf } = fieldSetsOf(fetch.serviceName)
  const collect = fetch.requires && createCollector(schema, fetch, keysOf)
  const doubtful = compileDoubt(fetch.operation, needsOf)

  /** What is said of a field that was not told all that it needs is not the reason why it has no value. */
  const isOfUse =
    (lacks: Asked['lacks']) =>
    ({ path = [] }: GraphQLFormattedError) =>
      !doubtful(lacks[Number(path[1])]).includes(String(path[2]))

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
    const { representations, lacks, objects, indices } = asked
    const variables = variablesOf(run)
    const text = `"representations":${JSON.stringify(representations)}`
    const answer = await source.send(operation, `{${variables}${variables && ','}${text}}`, run.exchange, {
      isMutation,
      entities: representations.length,
    })
    tell(run, answer.errors?.filter(isOfUse(lacks)), asked)
    if (!answer.data) return
    const entities = answer.data._entities as readonly (Data | null)[]
    const failed = failedOf(answer.errors)
    let rewritten = 0
    for (let position = 0; position < objects.length; position += 1) {
      const object = objects[position] as Data
      const index = indices[position] as number
      const entity = entities[index]
      const isFirst = index === rewritten
      if (isFirst) rewritten += 1
      if (!entity) {
        if (!failed(index)) run.unknown.add(object)
        continue
      }
      if (isFirst) {
        if (!entity.__typename) entity.__typename = object.__typename
        for (const name of doubtful(lacks[index])) delete entity[name]
        rewrite(entity)
      }
      merge(object, entity)
    }
  }

  /** Tells of a fetch that got no answer at the place of each field that is missing now. */
  function tellLost(run: Run, error: unknown, asked?: Asked) {
    if (!(error instanceof GraphQLError)) return run.errors.addThrown(error)
    const { message, extensions } = error
    const names = fieldsOf(fetch.operation).flatMap(([name]) => (name === '__typename' ? [] : [name]))
    const tops = asked ? asked.representations.map((_, index) => ['_entities', index]) : [[]]
    const paths = tops.flatMap((top) => names.map((name) => [...top, name]))
    tell(
      run,
      paths.map((path) => ({ message, path, extensions })),
      asked,
    )
  }

  return async (run, found) => {
    const objects = found.filter(isKnown)
    if (objects.length === 0) return
    const asked = collect?.(objects)
    if (asked?.representations.length === 0) return
    try {
      await (asked ? fetchEntities(run, asked) : fetchFields(run, objects))
    } catch (error) {
      tellLost(run, error, asked)
    }
  }
}

const isKnown = (object: Data | null | undefined): object is Data => object !== null && object !== undefined

/** Whether an entity is null for an error: one of its own, or of the whole answer. */
function failedOf(errors: Answer['errors'] = []): (index: number) => boolean {
  const indices = new Set<unknown>(errors.map(({ path }) => path?.[1]))
  return indices.has(undefined) ? () => true : (index) => indices.has(index)
}

/** The fields of an entity that need what its representation lacked: who knows what they were made of. */
function compileDoubt(operation: string, needsOf: FieldSets['needsOf']) {
  let needs: [name: string, needed: readonly string[]][] | undefined
  return (lacks: readonly string[] = nothing): readonly string[] => {
    if (lacks.length === 0) return nothing
    needs ??= fieldsOf(operation).map(([name, field]) => [name, needsOf(field)])
    return needs.flatMap(([name, needed]) => (needed.some((one) => lacks.includes(one)) ? [name] : []))
  }
}

const nothing: readonly string[] = []

/** The response names at the top of a fetch, or of its entities, with the fields that they are of. */
function fieldsOf(operation: string): [name: string, field: string][] {
  const found: [string, string][] = []
  visit(parse(operation), {
    [Kind.FIELD]({ alias, name }) {
      if (name.value === '_entities') return undefined
      found.push([alias?.value ?? name.value, name.value])
      return false
    },
  })
  return found
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
