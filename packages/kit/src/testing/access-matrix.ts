import { type DocumentNode, Kind, type TypeNode } from 'graphql'
import type { ObjectRow, OperationRow, Policy } from '../policy.ts'
import type { TestCaller } from '../testing-subgraph.ts'

/** Those who ask in a matrix, named by what they are to the objects of the questions. */
export const callers = {
  nobody: undefined,
  'its guest': { user: 'guest1', roles: ['guest'] },
  'another guest': { user: 'guest2', roles: ['guest'] },
  'its host': { user: 'host1', roles: ['host'] },
  'another host': { user: 'host2', roles: ['host'] },
  'an agent': { user: 'agent1', roles: ['agent'] },
  'service room': { service: 'room' },
  'service book': { service: 'book' },
  'service payment': { service: 'payment' },
  'service servicecenter': { service: 'servicecenter' },
} satisfies Record<string, TestCaller | undefined>

export type CallerName = keyof typeof callers

/** The services among the callers, which a subgraph under test must trust. */
export const services = ['room', 'book', 'payment', 'servicecenter']

const users: readonly CallerName[] = ['its guest', 'another guest', 'its host', 'another host', 'an agent']

/** Who is meant by the words of a policy, caller by caller: said anew, and not by the code that checks. */
export const meaning: Readonly<Record<string, readonly CallerName[]>> = {
  anyone: Object.keys(callers) as CallerName[],
  user: users,
  guest: ['its guest', 'another guest'],
  host: ['its host', 'another host'],
  agent: ['an agent'],
  'its guest': ['its guest'],
  'its host': ['its host'],
  'service room': ['service room'],
  'service book': ['service book'],
  'service servicecenter': ['service servicecenter'],
}

/**
 * What is asked to try a row: an operation whose one field is called `asked`, or, for an object, one that reaches it
 * and has FIELD in place of its fields; `through` is the operation that it is reached by, unless by its key.
 */
export type Question = { readonly query: string; readonly variables?: object; readonly through?: string }

type Answer = {
  readonly data?: object | null
  readonly errors?: readonly { message: string; extensions: { code: string } }[]
}

type Outcome = 'done' | 'hidden' | 'Forbidden' | 'UNAUTHENTICATED' | 'FORBIDDEN'

/** One row of the matrix: what each caller was answered, and what the table says. */
export type Tried = { actual: Record<string, Outcome>; expected: Record<string, Outcome> }

/**
 * The access matrix of one or more policies: each operation and each field of each object × each caller, asked and
 * compared with what the words of the table mean. Each question is made anew for each caller.
 * @throws where there is no question for a row
 */
export function accessMatrix(options: {
  policies: readonly Policy[]
  schema: DocumentNode
  questions: Readonly<Record<string, () => Question | Promise<Question>>>
  /** The arguments of fields of objects that cannot do without: `Room.quote` → `(startDate: …)`. */
  args?: Readonly<Record<string, string>>
  meaning?: Readonly<Record<string, readonly CallerName[]>>
  callers?: readonly CallerName[]
  ask(question: Question, caller: CallerName): Promise<Answer>
}): [name: string, attempt: () => Promise<Tried>][] {
  const { policies, questions, args = {}, ask } = options
  const meant = { ...meaning, ...options.meaning }
  const asking = options.callers ?? (Object.keys(callers) as CallerName[])
  const types = fieldTypes(options.schema)
  const operations = policies.flatMap((policy) =>
    (['Query', 'Mutation'] as const).flatMap((root) =>
      Object.entries(policy[root] ?? {}).map(([field, row]) => [`${root}.${field}`, row] as const),
    ),
  )
  const rowOf = new Map<string, OperationRow>(operations)
  const objectRows = (type: string) => policies.flatMap(({ objects }) => objects[type] ?? [])
  const isMeant = (words: readonly string[], caller: CallerName) =>
    words.some((word) => {
      if (!meant[word]) throw new Error(`nobody says who is meant by "${word}"`)
      return meant[word].includes(caller)
    })
  const sees = (type: string, caller: CallerName) =>
    objectRows(type).every((row: ObjectRow) => isMeant(row.seenBy, caller))

  function expectedOf(operation: string, caller: CallerName): Outcome {
    const row = rowOf.get(operation)
    if (!row) throw new Error(`there is no operation ${operation}`)
    const admitted = 'for' in row ? row.for : row
    if (!isMeant(admitted, caller)) {
      const forUsers = admitted.some((word) => users.some((user) => meant[word]?.includes(user)))
      return forUsers && caller === 'nobody' ? 'UNAUTHENTICATED' : 'FORBIDDEN'
    }
    if ('for' in row && !isMeant(row.by, caller)) return 'Forbidden'
    return sees(types.get(operation)?.type ?? '', caller) ? 'done' : 'hidden'
  }

  async function attempt(
    name: string,
    made: (question: Question) => Question,
    expected: (caller: CallerName, question: Question) => Outcome,
  ): Promise<Tried> {
    const tried: Tried = { actual: {}, expected: {} }
    for (const caller of asking) {
      const question = made((await questions[name]?.()) ?? { query: '' })
      tried.actual[caller] = outcomeOf(await ask(question, caller), question, rowOf.has(name))
      tried.expected[caller] = expected(caller, question)
    }
    return tried
  }

  const objects = [...new Set(policies.flatMap((policy) => Object.keys(policy.objects)))]
  const missing = [...rowOf.keys(), ...objects].filter((name) => !questions[name])
  if (missing.length > 0) throw new Error(`there is no question for ${missing.join(', ')}`)
  const matrix: [string, () => Promise<Tried>][] = []
  for (const name of rowOf.keys()) {
    const asIs = (question: Question) => question
    matrix.push([name, () => attempt(name, asIs, (caller) => expectedOf(name, caller))])
  }
  for (const type of objects) {
    for (const field of new Set(objectRows(type).flatMap(({ fields }) => fields))) {
      const coordinate = `${type}.${field}`
      const selection = types.get(coordinate)?.isLeaf ? '' : '{ __typename }'
      const asked = `asked: ${field}${args[coordinate] ?? ''} ${selection}`
      const made = (question: Question) => ({ ...question, query: question.query.replace('FIELD', asked) })
      const expected = (caller: CallerName, { through }: Question): Outcome => {
        const reached = through ? expectedOf(through, caller) : 'done'
        return reached === 'done' && !sees(type, caller) ? 'hidden' : reached
      }
      matrix.push([coordinate, () => attempt(type, made, expected)])
    }
  }
  return matrix
}

/** A question for an entity by its key, as the router asks. */
export const byKey = (type: string, id: string): Question => ({
  query: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${type} { FIELD } } }`,
  variables: { of: [{ __typename: type, id }] },
})

/** What became of a question. @throws where it was answered by an error that says nothing of access */
function outcomeOf({ data, errors }: Answer, { query }: Question, isOperation: boolean): Outcome {
  const [error] = errors ?? []
  const code = error?.extensions.code
  if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') return code
  if (error) throw new Error(`${code}: ${error.message}, asked ${query}`)
  const asked = find(data)
  // Of an object that is shown, a field may be empty; an operation that answers nothing hides something.
  if (asked.length === 0 || (isOperation && asked[0] === null)) return 'hidden'
  return (asked[0] as { __typename?: string } | null)?.__typename === 'Forbidden' ? 'Forbidden' : 'done'
}

/** All that is called `asked`, however deep. */
function find(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if ('asked' in value) return [value.asked]
  return Object.values(value).flatMap(find)
}

/** The type of each field of each object, and whether it has no fields itself. */
function fieldTypes({ definitions }: DocumentNode) {
  const composite = new Set<string>()
  const types = new Map<string, { type: string; isLeaf: boolean }>()
  for (const node of definitions) {
    const hasFields =
      node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION
    if (hasFields || node.kind === Kind.UNION_TYPE_DEFINITION) composite.add(node.name.value)
  }
  for (const node of definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) continue
    for (const field of node.fields ?? []) {
      const type = nameOf(field.type)
      types.set(`${node.name.value}.${field.name.value}`, { type, isLeaf: !composite.has(type) })
    }
  }
  return types
}

const nameOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type)
