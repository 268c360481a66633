import { type ExecutionResult, execute, type GraphQLFieldResolver, getOperationAST, parse } from 'graphql'
import type { FieldSet } from './field-sets.ts'
import type { RandomOperation } from './operations.ts'
import type { Mood, Thing, World } from './world.ts'

/** What one server that has all of the world would answer. */
export type Truth = {
  readonly result: ExecutionResult
  /** What is executed of a mutation, in its order. */
  readonly written: readonly string[]
  /** What fails where only `@requires` asks for it: clients are told somewhere above. */
  readonly needed: ReadonlySet<string>
}

/** Executes an operation by graphql-js, as a monolith of the same API would. */
export function executeByMonolith(world: World, { query, variables }: RandomOperation, mood: Mood): Truth {
  const written: string[] = []
  const needed = new Set<string>()

  /** Asks for all that a field set names, to see what of it fails. */
  function need(thing: Thing, { selections }: FieldSet): void {
    for (const one of selections) {
      if (one.kind === 'FragmentSpread') continue
      if (one.kind === 'InlineFragment') {
        const condition = one.typeCondition?.name.value
        if (!condition || world.isOf(thing.type, condition)) need(thing, one.selectionSet)
        continue
      }
      if (one.name.value === '__typename') continue
      const more = world.requires(thing.type, one.name.value)
      if (more) need(thing, more)
      const value = world.valueOrNull(mood, thing, one.name.value, (message) => needed.add(message))
      const things = one.selectionSet ? [value].flat(5) : []
      for (const inside of things) if (inside && one.selectionSet) need(inside as Thing, one.selectionSet)
    }
  }

  const fieldResolver: GraphQLFieldResolver<Thing, unknown> = (thing, args, _, { fieldName, parentType }) => {
    if (parentType === world.apiSchema.getMutationType()) written.push(nameOf(fieldName, args))
    const fieldSet = world.requires(thing.type, fieldName)
    if (fieldSet) need(thing, fieldSet)
    return world.value(mood, thing, fieldName, args)
  }

  const document = parse(query)
  const root =
    world.apiSchema.getRootType(getOperationAST(document)?.operation ?? ('query' as never))?.name ?? ''
  const result = execute({
    schema: world.apiSchema,
    document,
    variableValues: variables,
    rootValue: { type: root, identity: root },
    fieldResolver,
    typeResolver: ({ type }) => type,
  })
  if (result instanceof Promise) throw new Error('nothing here waits')
  return { result, written, needed }
}

/** A field with its arguments. */
export const nameOf = (field: string, args: object) =>
  `${field} ${JSON.stringify(Object.entries(args).toSorted())}`
