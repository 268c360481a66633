import { isPlanNode, type QueryPlan } from '@apollo/query-planner'
import { GraphQLError, Kind } from 'graphql'
import type { Exchange } from '../../exchange.ts'
import type { Planned, Planner } from '../planning/planner.ts'
import { type Asked, isIntrospection } from '../planning/prepare.ts'
import { locate, type Outline } from './client-paths.ts'
import type { Data, Path } from './data.ts'
import { createErrors, type Failure } from './errors.ts'
import { compileIntrospection } from './introspect.ts'
import { createMerge } from './merge.ts'
import type { Run, Source } from './run.ts'
import { compileShape, type Fault } from './shape.ts'
import { compileStep } from './steps.ts'

export type Result = { data?: Data | null; errors?: readonly GraphQLError[] }

/** An operation that is planned and compiled, to be executed many times. */
export type Execute = (exchange: Exchange, variables: Readonly<Record<string, unknown>>) => Promise<Result>

/** What operations are compiled against. */
export type Supergraph = Pick<Planner, 'apiSchema' | 'schema' | 'fieldSetsOf' | 'needsOf'>

/** Compiles the plan of an operation and the shape of its result. */
export function compileOperation(
  { prepared, plan }: Planned,
  supergraph: Supergraph,
  sourceOf: (subgraph: string) => Source,
): Execute {
  const { apiSchema } = supergraph
  if (!isPlanNode(plan.node) && asksSubgraphs(prepared.asked))
    return async () => ({ data: null, errors: [noPlan()] })
  const step = compilePlan(plan, supergraph, sourceOf)
  const { shape, outline } = compileShape(apiSchema, prepared)
  const introspect = compileIntrospection(apiSchema, prepared.asked)

  const outlineOf = () => outline

  /** At the client's own place; null for what the client did not ask for and misses nothing of. */
  function forClient(failure: Failure, result: Data, data: Data | null): Failure | null {
    if (!failure.path) return failure
    const { path, beyond, among } = locate(outlineOf, result, failure.path, prepared.clientName)
    const isTold = !beyond || isNeeded(beyond, among) || isNullAt(data, path)
    return isTold ? { ...failure, path } : null
  }

  /** Whether something that the client asked for is made of a field. */
  const isNeeded = (field: string, among: Outline) =>
    [...among.values()].some((asked) => supergraph.needsOf(asked.field).has(field))

  return async (exchange, given) => {
    const variables = prepared.plannedVariables(given)
    const run: Run = { exchange, variables, result: {}, errors: createErrors(), unknown: new Set() }
    await step?.(run, [run.result])
    const { data, faults } = shape({ ...run, introspected: introspect?.(given) ?? null })
    if (run.errors.isEmpty() && faults.length === 0) return { data }
    const told = run.errors.told((failure) => forClient(failure, run.result, data))
    const rest = createErrors()
    for (const fault of untold(faults, told)) rest.add(fault.message, 1, () => invalidAnswer(fault))
    const errors = [...told, ...rest.told()]
    return errors.length > 0 ? { data, errors } : { data }
  }
}

/** What the planner sees no way to, it leaves out without a word. */
const noPlan = () =>
  new GraphQLError('No subgraph can find the objects that are asked for.', {
    extensions: { code: 'INVALID_SUBGRAPH_RESPONSE' },
  })

/** Whether an operation asks for more than the schema itself and the root's name, as far as its root shows. */
const asksSubgraphs = ({ operation }: Asked) =>
  operation.selectionSet.selections.some(
    (one) => one.kind === Kind.FIELD && one.name.value !== '__typename' && !isIntrospection(one),
  )

function compilePlan(
  { node }: QueryPlan,
  { schema, fieldSetsOf }: Supergraph,
  sourceOf: (subgraph: string) => Source,
) {
  return isPlanNode(node)
    ? compileStep(node, { schema, sourceOf, fieldSetsOf, merge: createMerge(schema) })
    : undefined
}

/** A subgraph answered what the schema does not allow. */
const invalidAnswer = ({ message, path }: Fault): Failure => ({
  message,
  path,
  extensions: { code: 'INVALID_SUBGRAPH_RESPONSE' },
})

function isNullAt(data: Data | null, path: Path): boolean {
  let value: unknown = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null) break
    value = (value as Data)[step]
  }
  return value === null || value === undefined
}

/**
 * Faults that no error accounts for. An error leaves something out at its path, above it where a null must not be, or
 * below; one without a path may leave out anything. What a subgraph makes null for one field it leaves out with all others.
 */
function untold(faults: readonly Fault[], told: readonly GraphQLError[]): readonly Fault[] {
  if (faults.length === 0 || told.length === 0) return faults
  const places = new Set<string>()
  const above = new Set<string>()
  for (const error of told) {
    if (!error.path) return []
    const keys = keysOf(error.path)
    places.add(keys.at(-1) ?? '')
    for (const key of keys) above.add(key)
  }
  const isTold = ({ path }: Fault) => {
    const keys = keysOf(path)
    return above.has(keys.at(-1) ?? '') || keys.some((key) => places.has(key))
  }
  const nulled = new Set(
    faults
      .filter(({ unanswered }) => unanswered === 'non-null')
      .filter(isTold)
      .map(objectOf),
  )
  return faults.filter((fault) => !isTold(fault) && !(fault.unanswered && nulled.has(objectOf(fault))))
}

/** A key of the object that a fault is in. */
const objectOf = ({ path }: Fault) => keysOf(path).at(-2) ?? ''

/** A key of each place on the way to the end of a path, that included. */
function keysOf(path: Path): string[] {
  let key = ''
  return path.map((step) => {
    key += `/${step}`
    return key
  })
}
