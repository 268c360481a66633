import { Supergraph } from '@apollo/federation-internals'
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql'
import { type FieldSet, fieldSetsOf, namesIn } from './field-sets.ts'
import { hash } from './hash.ts'
import { leaf } from './leaf.ts'

/** An object of the world: all that is known of it follows from its type and identity. */
export type Thing = { readonly type: string; readonly identity: string }

/** How much goes wrong: nothing, or now and then a resolver fails or finds null where none is allowed. */
export type Luck = 'good' | 'bad'

/**
 * Made-up data of a supergraph, the same whoever is asked for them: a monolith of its API, or each of its subgraphs for
 * its part.
 */
export type World = {
  readonly apiSchema: GraphQLSchema
  readonly subgraphs: ReadonlyMap<string, GraphQLSchema>
  /**
   * What a field of a thing is.
   * @throws where its resolver fails
   */
  value(mood: Mood, thing: Thing, field: string, args: object): unknown
  /** The same, with the arguments' defaults, and null where that fails: what a subgraph is sent of it. */
  valueOrNull(mood: Mood, thing: Thing, field: string, tell?: (message: string) => void): unknown
  /** Whether a subgraph can find an object by what it is told. */
  isFound(subgraph: string, told: Readonly<Record<string, unknown>>): boolean
  /** What a field needs of other subgraphs. */
  requires(type: string, field: string): FieldSet | undefined
  /** Whether things of a type are of another one, too: an interface or a union. */
  isOf(type: string, other: string): boolean
}

export type Mood = { readonly seed: number; readonly luck: Luck }

/** The same things come again and again, so that they lead to each other. */
const thingsOfType = 4

export function createWorld(sdl: string): World {
  const supergraph = Supergraph.build(sdl)
  const schema = supergraph.schema.toGraphQLJSSchema()
  const apiSchema = supergraph.apiSchema().toGraphQLJSSchema()
  const parts = [...supergraph.subgraphs()].map((one) => ({ name: one.name, schema: one.schema }))
  const subgraphs = new Map(parts.map((one) => [one.name, one.schema.toGraphQLJSSchema()]))
  const fieldSets = parts.flatMap((one) => fieldSetsOf(one.schema))
  const namesOf = (...kinds: string[]) =>
    new Set(fieldSets.filter(({ kind }) => kinds.includes(kind)).flatMap(({ fields }) => namesIn(fields)))
  const keys = namesOf('key')
  const needed = namesOf('requires', 'provides')
  const insideNeeded = new Set(
    fieldSets.filter(({ kind }) => kind !== 'key').flatMap((one) => typesInside(one)),
  )

  const ofInterfaceObjects = new Set(
    parts
      .flatMap((one) => one.schema.objectTypes())
      .filter((type) => type.hasAppliedDirective('interfaceObject'))
      .flatMap((type) => type.fields().map(({ name }) => name)),
  )

  /** The types of objects in a field set. */
  function typesInside({ type, fields }: { type: string; fields: FieldSet }): string[] {
    return fields.selections.flatMap((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD || !one.selectionSet) return []
      const named = schema.getType(type)
      const inner =
        one.kind === Kind.INLINE_FRAGMENT
          ? (one.typeCondition?.name.value ?? type)
          : isObjectType(named) || isInterfaceType(named)
            ? getNamedType(named.getFields()[one.name.value]?.type ?? named).name
            : type
      const whole = schema.getType(inner)
      const all = isAbstractType(whole) ? schema.getPossibleTypes(whole).map(({ name }) => name) : []
      return [inner, ...all, ...typesInside({ type: inner, fields: one.selectionSet })]
    })
  }

  /** The types that a field has in the subgraphs; where they differ, what is in all of them is true. */
  function typesOf(type: string, field: string) {
    const named = schema.getType(type)
    const interfaces = isObjectType(named) ? named.getInterfaces() : []
    return [...subgraphs.values()].flatMap((part) => {
      const own = [part.getType(type), ...interfaces.map(({ name }) => part.getType(name))]
      return own.flatMap((one) => {
        const found = isObjectType(one) ? one.getFields()[field] : undefined
        return found ? [{ type: found.type, things: thingsIn(part, getNamedType(found.type)) }] : []
      })
    })
  }

  /** What a value of a type of a subgraph may be: of an interface object all that are of the interface. */
  function thingsIn(part: GraphQLSchema, type: GraphQLNamedType): string[] {
    const names = isAbstractType(type) ? part.getPossibleTypes(type).map(({ name }) => name) : [type.name]
    const all = names.flatMap((name) => {
      const whole = schema.getType(name)
      return isAbstractType(whole) ? schema.getPossibleTypes(whole).map((one) => one.name) : [name]
    })
    return [...new Set(all)].filter((name) => isObjectType(apiSchema.getType(name)))
  }

  const fields = new Map<string, { type: GraphQLOutputType; things: string[] }>()

  function fieldOf(type: string, field: string) {
    const key = `${type}.${field}`
    const known = fields.get(key)
    if (known) return known
    const named = schema.getType(type)
    const found: GraphQLField<unknown, unknown> | undefined = isObjectType(named)
      ? named.getFields()[field]
      : undefined
    if (!found) throw new Error(`there is no field ${key}`)
    const types = typesOf(type, field)
    const [strictest] = types.toSorted((one, other) => bangs(other.type) - bangs(one.type))
    if (!strictest) throw new Error(`no subgraph has ${key}`)
    const things = types
      .map((one) => one.things)
      .reduce((all, some) => all.filter((one) => some.includes(one)))
    const made = { type: strictest.type, things }
    fields.set(key, made)
    return made
  }

  function value(mood: Mood, thing: Thing, field: string, args: object): unknown {
    const { type, things } = fieldOf(thing.type, field)
    const of = [thing.identity, field, JSON.stringify(Object.entries(args).toSorted())]
    if (keys.has(field) && isLeafType(getNamedType(type))) return `${field}:${thing.identity}`
    // Without its key nobody could find an object. What takes an object away must not take it from a subgraph that
    // needs it, or with fields that were asked of another type of the same interface object: a monolith has neither.
    const isNeeded = needed.has(field) || insideNeeded.has(thing.type) || ofInterfaceObjects.has(field)
    const mayFail = mood.luck === 'bad' && !keys.has(field) && !(isNeeded && isNonNullType(type))
    if (mayFail && hash('fails', mood.seed, ...of) % 9 === 0) throw new Error(`no ${of.join(' ')}`)
    if (mayFail && isNonNullType(type) && hash('null', mood.seed, ...of) % 15 === 0) return null
    return made(type, things, hash('value', mood.seed, ...of), of.join('/'), keys.has(field))
  }

  function made(
    type: GraphQLOutputType,
    things: readonly string[],
    seed: number,
    identity: string,
    isKey: boolean,
  ): unknown {
    if (isNonNullType(type)) return made(type.ofType, things, seed || 1, identity, true)
    if (!isKey && hash('none', seed) % 8 === 0) return null
    if (isListType(type)) {
      return Array.from({ length: hash('length', seed) % 4 }, (_, index) =>
        made(type.ofType, things, hash(seed, index), `${identity}/${index}`, false),
      )
    }
    if (isEnumType(type)) return chosen(valuesOf(type.name), seed)
    if (isLeafType(type)) return leaf(type, seed)
    const name = chosen(things, seed)
    if (name === undefined) return null
    return isEntity(name)
      ? { type: name, identity: `${name}-${hash('which', seed) % thingsOfType}` }
      : { type: name, identity }
  }

  const entities = new Set(fieldSets.filter(({ kind }) => kind === 'key').map(({ type }) => type))
  function isEntity(name: string): boolean {
    const type = schema.getType(name)
    return (
      entities.has(name) || (isObjectType(type) && type.getInterfaces().some((one) => entities.has(one.name)))
    )
  }

  function valuesOf(name: string): string[] {
    const all = [apiSchema, ...subgraphs.values()].flatMap((one) => {
      const type = one.getType(name)
      return isEnumType(type) ? [type.getValues().map((of) => of.name)] : []
    })
    const [first = [], ...more] = all
    return first.filter((of) => more.every((names) => names.includes(of)))
  }

  function isOf(type: string, other: string): boolean {
    const [one, wanted] = [schema.getType(type), schema.getType(other)]
    if (one === wanted) return true
    return isAbstractType(wanted) && isObjectType(one) && schema.isSubType(wanted, one)
  }

  function defaults(type: string, field: string): object {
    const named = schema.getType(type)
    const args = isObjectType(named) ? (named.getFields()[field]?.args ?? []) : []
    return Object.fromEntries(
      args.flatMap(({ name, defaultValue }) => (defaultValue === undefined ? [] : [[name, defaultValue]])),
    )
  }

  return {
    apiSchema,
    subgraphs,
    value,
    valueOrNull(mood, thing, field, tell) {
      try {
        return value(mood, thing, field, defaults(thing.type, field))
      } catch (error) {
        tell?.((error as Error).message)
        return null
      }
    },
    isFound(subgraph, told) {
      const part = parts.find(({ name }) => name === subgraph)
      return fieldSetsOf(part?.schema ?? supergraph.schema).some(
        (one) =>
          one.kind === 'key' &&
          one.isResolvable &&
          one.type === told.__typename &&
          namesIn(one.fields, false).every((name) => Object.hasOwn(told, name)),
      )
    },
    isOf,
    requires(type, field) {
      const stated = fieldSets.filter((one) => one.kind === 'requires' && one.field === field)
      return stated.find((one) => isOf(type, one.type))?.fields
    },
  }
}

const bangs = (type: GraphQLOutputType) => String(type).split('!').length

const chosen = <Of>(from: readonly Of[], seed: number): Of | undefined =>
  from[hash('chosen', seed) % from.length]
