import type { OperationDefinitionNode } from 'graphql'
import { type ExecutionResult, type GraphQLError, type GraphQLSchema, isObjectType, Kind } from 'graphql'
import { isClientsFault } from './client-faults.ts'
import { createHistogram, requestBoundaries } from './histogram.ts'

/**
 * What came of an operation: answered as a whole; with something left out below the root; a business "no" or a client's
 * mistake; "ask again"; not answered; nobody waited for it.
 */
export type Outcome = 'ok' | 'partial' | 'refused' | 'retry' | 'error' | 'canceled'

const record = createHistogram({
  name: 'myhotel.operation.duration.seconds',
  description: 'How long operations took, by the field of the root that they ask for, and what came of them.',
  labels: ['field', 'outcome'],
  boundaries: requestBoundaries,
})

/** Counts an operation that took `ms`; one that was not found valid has no definition. */
export function recordOperation(
  operation: OperationDefinitionNode | undefined,
  outcome: Outcome,
  ms: number,
): void {
  record(ms / 1_000, operation ? fieldOf(operation) : 'none', outcome)
}

const fields = new WeakMap<OperationDefinitionNode, string>()

/** The one field of the root that an operation asks for. The schema says which there are, so that they are few. */
function fieldOf(operation: OperationDefinitionNode): string {
  const known = fields.get(operation)
  if (known) return known
  const names = operation.selectionSet.selections.map((one) =>
    one.kind === Kind.FIELD ? one.name.value : 'several',
  )
  const [first = 'several'] = names
  const field = names.every((name) => name === first) ? first : 'several'
  fields.set(operation, field)
  return field
}

/** Codes of errors that are nobody's mistake but ours; so is an error without a code. */
const faultCodes = new Set<unknown>([
  undefined,
  ...['INTERNAL_SERVER_ERROR', 'DOWNSTREAM_SERVICE_ERROR', 'INVALID_SUBGRAPH_RESPONSE'],
  ...['SERVICE_UNAVAILABLE', 'GATEWAY_TIMEOUT', 'BAD_GATEWAY'],
])

const isFault = (error: GraphQLError) => faultCodes.has(error.extensions?.code) && !isClientsFault(error)

/** What came of an operation. `answeredAs` names the type of the root's field; the result says it where it was asked for. */
export function outcomeOf(
  schema: GraphQLSchema,
  { data, errors }: ExecutionResult,
  answeredAs: string | undefined = typenameIn(data),
): Outcome {
  if (errors && errors.length > 0) {
    const faults = errors.filter(isFault)
    if (faults.length === 0) return 'refused'
    return faults.every(({ path }) => leavesRoot(data, path)) ? 'partial' : 'error'
  }
  const type = answeredAs && schema.getType(answeredAs)
  if (!isObjectType(type)) return 'ok'
  if (type.getFields().retryAfterSeconds) return 'retry'
  return type.getInterfaces().some(({ name }) => name === 'Refusal') ? 'refused' : 'ok'
}

const leavesRoot = (data: ExecutionResult['data'], path: GraphQLError['path']) =>
  path !== undefined && path.length > 1 && data?.[String(path[0])] != null

/** The type of the first of the root's fields, where it says so. */
export function typenameIn(data: object | null | undefined): string | undefined {
  for (const value of Object.values(data ?? {})) {
    const name = (value as { __typename?: unknown } | null)?.__typename
    return typeof name === 'string' ? name : undefined
  }
  return undefined
}
