import { type DocumentNode, execute, type GraphQLFieldResolver, isObjectType, parse } from 'graphql'
import { type Data, isObject } from '../executor/data.ts'
import type { Answer, Source } from '../executor/run.ts'
import type { FieldSet } from './field-sets.ts'
import { nameOf } from './monolith.ts'
import type { Mood, Thing, World } from './world.ts'

/** A thing as a subgraph was told of it. */
type Told = Thing & { readonly told?: Data }

/**
 * The subgraphs of a world, each with its part of it. They take nothing on trust: what represents a thing has to be
 * true, and to hold all that the fields need.
 */
export function createParts(world: World, mood: Mood) {
  /** What was executed of mutations, in its order. */
  const written: string[] = []

  function sourceOf(name: string): Source {
    const schema = world.subgraphs.get(name)
    if (!schema) throw new Error(`there is no subgraph ${name}`)

    const fieldResolver: GraphQLFieldResolver<Told, unknown> = (
      thing,
      args,
      _,
      { fieldName, parentType },
    ) => {
      if (fieldName === '_entities') return (args.representations as Data[]).map((one) => entity(name, one))
      if (parentType === schema.getMutationType()) written.push(nameOf(fieldName, args))
      const fieldSet = world.requires(thing.type, fieldName)
      if (fieldSet && !holds(thing, thing.told, fieldSet)) {
        throw new Error(`${name} was not told what ${thing.type}.${fieldName} needs`)
      }
      return world.value(mood, thing, fieldName, args)
    }

    const typeResolver = ({ type, told }: Told) =>
      isObjectType(schema.getType(type)) ? type : String(told?.__typename)

    return {
      async send(operation, variables): Promise<Answer> {
        const document = read(JSON.parse(operation))
        const [kind = 'query'] = document.definitions.flatMap((one) =>
          one.kind === 'OperationDefinition' ? [one.operation] : [],
        )
        const root = schema.getRootType(kind as never)?.name ?? ''
        const rootValue = { type: root, identity: root }
        const variableValues = JSON.parse(variables)
        const answer = await execute({
          schema,
          document,
          rootValue,
          variableValues,
          fieldResolver,
          typeResolver,
        })
        return JSON.parse(JSON.stringify(answer))
      },
    }
  }

  function entity(subgraph: string, told: Data): Told {
    if (!world.isFound(subgraph, told))
      throw new Error(`${subgraph} finds nothing by ${JSON.stringify(told)}`)
    const identity = identityIn(told)
    const thing = { type: identity.replace(/-.*/, ''), identity, told }
    if (!isTrue(thing, told)) throw new Error(`this is no ${identity}: ${JSON.stringify(told)}`)
    return thing
  }

  /** Whether all that is said of a thing is so. */
  function isTrue(thing: Thing, told: Data): boolean {
    return Object.entries(told).every(([name, value]) =>
      name === '__typename'
        ? world.isOf(thing.type, String(value))
        : isValue(value, world.valueOrNull(mood, thing, name)),
    )
  }

  function isValue(told: unknown, value: unknown): boolean {
    if (Array.isArray(told)) {
      if (!Array.isArray(value) || value.length !== told.length) return false
      return told.every((item, index) => isValue(item, value[index]))
    }
    if (isObject(told) && isObject(value)) return isTrue(value as unknown as Thing, told)
    return told === value || JSON.stringify(told) === JSON.stringify(value)
  }

  /** Whether all is told of a thing that a field set names. */
  function holds(thing: Thing, told: unknown, { selections }: FieldSet): boolean {
    if (!isObject(told)) return false
    return selections.every((one) => {
      if (one.kind === 'FragmentSpread') return false
      if (one.kind === 'InlineFragment') {
        const condition = one.typeCondition?.name.value
        return (condition && !world.isOf(thing.type, condition)) || holds(thing, told, one.selectionSet)
      }
      const value = told[one.name.value]
      if (value === undefined || !one.selectionSet) return value !== undefined
      const things = [world.valueOrNull(mood, thing, one.name.value)].flat(5)
      const inside = one.selectionSet
      return [value]
        .flat(5)
        .every((item, index) => item === null || holds(things[index] as Thing, item, inside))
    })
  }

  return { sourceOf, written }
}

/** The identity of a thing is in each of its keys; in a key of several parts it may be inside only. */
function identityIn(told: Data): string {
  const own = Object.values(told).map((value) => /^\w+:(\w+-\d+)$/.exec(String(value))?.[1])
  const inside = /"\w+:(\w+-\d+)\//.exec(JSON.stringify(told))?.[1]
  return own.find((identity) => identity !== undefined) ?? inside ?? ''
}

const documents = new Map<string, DocumentNode>()

function read(text: string): DocumentNode {
  const document = documents.get(text) ?? parse(text, { noLocation: true })
  documents.set(text, document)
  return document
}
