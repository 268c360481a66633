import { type DocumentNode, defaultFieldResolver, GraphQLError } from 'graphql'
import type { Caller } from './identity.ts'
import { canonicalId } from './ids.ts'
import type { CallerWord, ObjectRow, OperationRow, Policy, Relation, User, Word } from './policy.ts'
import { flawsOf } from './policy-flaws.ts'
import { readTypes } from './type-defs.ts'

/** How the objects are found that operations do something to, by their types. Whatever text the id is. */
export type Finders = Readonly<Record<string, (id: string) => Promise<object | null>>>

/** Somebody was refused what exists. */
export type Refused = {
  readonly caller: Caller
  /** What was asked for, as a schema coordinate: `Mutation.cancelBooking`, or `Booking` by its key. */
  readonly action: string
  /** What it was about, if anything. */
  readonly object: { readonly type: string; readonly id: string } | null
  readonly reason: string
}

type Report = (refused: Refused) => void
type Context = { readonly caller: Caller }
// biome-ignore lint/suspicious/noExplicitAny: resolvers of any subgraph, each of its own types
type Resolver = (parent: any, args: any, context: any, info: any) => unknown
type ReferenceResolver = (reference: unknown, context: Context, info: unknown) => unknown
type ResolverMap = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * The resolvers of a schema with the checks of its policy around them, so that none can forget its own. Where the
 * answer is at hand, so is the check: nothing is awaited for it.
 * @throws where a query, mutation, entity or field has no row, or a row fits nothing of the schema
 */
export function guarded(
  typeDefs: DocumentNode,
  resolvers: object,
  { policy, find = {} }: { policy: Policy; find?: Finders },
  report: Report,
): object {
  const types = readTypes(typeDefs)
  const flaws = flawsOf(types, policy, Object.keys(find))
  if (flaws.length > 0) throw new Error(`The policy does not fit the schema:\n  ${flaws.join('\n  ')}`)

  const made: Record<string, Readonly<Record<string, unknown>>> = { ...(resolvers as ResolverMap) }
  for (const [type, { fields, isEntity }] of types.objects) {
    const own: Record<string, unknown> = { ...made[type] }
    for (const [field, { returns }] of fields) {
      const action = `${type}.${field}`
      const row = type === 'Query' || type === 'Mutation' ? policy[type]?.[field] : undefined
      const show = showing(returns, policy.objects[returns], action, report)
      const resolver = (own[field] ?? defaultFieldResolver) as Resolver
      const shown: Resolver = show
        ? (parent, args, context, info) =>
            settled(resolver(parent, args, context, info), (value) => show(value, context.caller))
        : resolver
      if (isClosed(row)) own[field] = admitting(row, action, shown, policy, find, report)
      else if (show) own[field] = shown
    }
    const show = isEntity && showing(type, policy.objects[type], type, report)
    if (show) {
      const byKey = (own.__resolveReference ?? ((reference: unknown) => reference)) as ReferenceResolver
      own.__resolveReference = ((reference, context, info) =>
        settled(byKey(reference, context, info), (value) => show(value, context.caller))) as ReferenceResolver
    }
    if (Object.keys(own).length > 0) made[type] = own
  }
  return made
}

/** Lets only those through to a resolver whom the row of its operation names. */
function admitting(
  row: OperationRow,
  action: string,
  resolver: Resolver,
  policy: Policy,
  find: Finders,
  report: Report,
): Resolver {
  const words = 'for' in row ? row.for : row
  const admits = callerTest(words)
  const forUsers = words.some((word) => !word.startsWith('service '))
  const reason = `only for ${words.join(', ')}`

  function admit(caller: Caller): void {
    if (admits(caller)) return
    report({ caller, action, object: null, reason })
    if (forUsers && isAnonymous(caller)) throw refusal('UNAUTHENTICATED', 'sign in first')
    throw refusal('FORBIDDEN', reason)
  }
  if (!('for' in row)) {
    return (parent, args, context, info) => {
      admit(context.caller)
      return resolver(parent, args, context, info)
    }
  }

  const { type, id } = row.to
  const holds = objectTest(row.by, policy.objects[type]?.relations)
  const message = `only ${row.by.join(', ')} may do that`
  return async (parent, args, context, info) => {
    admit(context.caller)
    const key = String(id.split('.').reduce((value, name) => value[name], args))
    const object = await find[type]?.(key)
    if (!object || holds(object, context.caller)) return resolver(parent, args, context, info)
    report({
      caller: context.caller,
      action,
      object: { type, id: idOf(object) ?? canonicalId(key) ?? key },
      reason: message,
    })
    return { __typename: 'Forbidden', code: 'FORBIDDEN', message }
  }
}

/** What is shown of an object, or of each of a list, to a caller: null stands for one that is hidden. */
function showing(type: string, row: ObjectRow | undefined, action: string, report: Report) {
  if (!row || row.seenBy.includes('anyone')) return undefined
  const sees = objectTest(row.seenBy, row.relations)
  const reason = `only for ${row.seenBy.join(', ')}`
  return function show(value: unknown, caller: Caller): unknown {
    if (Array.isArray(value)) return value.map((each) => show(each, caller))
    if (typeof value !== 'object' || value === null || sees(value, caller)) return value
    report({ caller, action, object: { type, id: idOf(value) ?? '' }, reason })
    return null
  }
}

const isClosed = (row: OperationRow | undefined): row is OperationRow =>
  row !== undefined && ('for' in row || !row.includes('anyone'))

const isAnonymous = ({ subject, roles }: Caller) => subject === null && !roles.includes('service')

const isUser = (caller: Caller): caller is User => caller.subject !== null

/** Whether a caller is of a kind that one of the words names; words of relations name none. */
function callerTest(words: readonly Word[]): (caller: Caller) => boolean {
  const tests = words.map((word) => callerTestOf(word as CallerWord))
  return (caller) => tests.some((test) => test(caller))
}

function callerTestOf(word: CallerWord): (caller: Caller) => boolean {
  if (word === 'anyone') return () => true
  if (word === 'user') return isUser
  if (word.startsWith('service ')) {
    const name = word.slice('service '.length)
    return ({ subject, roles, issuer }) => subject === null && roles.includes('service') && issuer === name
  }
  return (caller) => isUser(caller) && caller.roles.includes(word)
}

/** Whether a caller is of a kind, or is to an object, what one of the words says. */
function objectTest(words: readonly Word[], relations: Readonly<Record<string, Relation>> = {}) {
  const isOfKind = callerTest(words.filter((word) => !word.startsWith('its ')))
  const held = words.flatMap((word) => relations[word] ?? [])
  return (object: object, caller: Caller): boolean =>
    isOfKind(caller) || (isUser(caller) && held.some((relation) => relation(object as never, caller)))
}

/** What becomes of an answer: at once, where it is at hand. */
function settled(answer: unknown, become: (value: unknown) => unknown): unknown {
  return isPromise(answer) ? answer.then(become) : become(answer)
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null)?.then === 'function'

const idOf = (object: object) => ('id' in object ? String(object.id) : undefined)

const refusal = (code: string, message: string) => new GraphQLError(message, { extensions: { code } })
