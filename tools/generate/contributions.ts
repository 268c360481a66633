import {
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  print,
  type TypeNode,
} from 'graphql'
import { namesOf, text, words } from './gateway-limits.ts'

/** A subgraph by its name, with its schema. */
export type Service = { readonly name: string; readonly typeDefs: DocumentNode }

/** What one subgraph says of one type: its keys, and the fields that it answers itself. */
type Part = { service: string; type: string; keys: Set<string>; fields: FieldDefinitionNode[] }

/** References that may be non-null although another subgraph answers what is behind them, each with the reason. */
const ANSWERED_BEFORE: Record<string, string> = {
  'servicecenter: BookingCanceled.booking': 'book, which answers for the booking, has just cancelled it',
}

/**
 * Contributed fields that are not nullable, one sentence each. What another subgraph than its object's own answers is
 * missing while that subgraph is away; non-null, it would take the object with it, and all that contains it. An entity's
 * own subgraph is the one that answers most of its fields.
 */
export function nonNullContributions(services: readonly Service[]): string[] {
  const parts = services.flatMap(partsOf)
  const owners = new Map<string, Part>()
  for (const part of parts) {
    if (part.keys.size === 0) continue
    const owner = owners.get(part.type)
    if (!owner || answered(part).length > answered(owner).length) owners.set(part.type, part)
  }
  const unions = new Map(services.map(({ name, typeDefs }) => [name, unionsOf(typeDefs)]))

  return parts.flatMap((part) => {
    const { service, type } = part
    const isOthers = (name: string) => owners.has(name) && owners.get(name)?.service !== service
    const complain = (field: FieldDefinitionNode, whose: string, away: string) =>
      `${service}: ${type}.${field.name.value} is non-null, but ${whose} is ${owners.get(whose)?.service}'s: while ` +
      `${away} is away, the whole ${type} would be null with it; write ${field.name.value}: ${nullable(field.type)}`

    return answered(part).flatMap((field) => {
      if (`${service}: ${type}.${field.name.value}` in ANSWERED_BEFORE) return []
      if (part.keys.size > 0 && isOthers(type)) {
        return field.type.kind === Kind.NON_NULL_TYPE ? [complain(field, type, service)] : []
      }
      const named = nameOf(field.type)
      const foreign = (unions.get(service)?.get(named) ?? [named]).find(isOthers)
      if (!foreign || !isRequired(field.type)) return []
      return [complain(field, foreign, owners.get(foreign)?.service ?? '')]
    })
  })
}

function partsOf({ name: service, typeDefs }: Service): Part[] {
  const nameOfDirective = namesOf(typeDefs)
  const has = (directive: string) => (one: DirectiveNode) => nameOfDirective(one) === directive
  const parts = new Map<string, Part>()
  for (const node of typeDefs.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) continue
    const type = node.name.value
    const part = parts.get(type) ?? { service, type, keys: new Set<string>(), fields: [] }
    parts.set(type, part)
    for (const key of node.directives?.filter(has('key')) ?? []) {
      for (const name of words(text(key, 'fields'))) part.keys.add(name)
    }
    part.fields.push(...(node.fields?.filter((field) => !field.directives?.some(has('external'))) ?? []))
  }
  return [...parts.values()]
}

/** The fields of an entity by which it is found are in each subgraph that knows it. */
const answered = ({ keys, fields }: Part) => fields.filter(({ name }) => !keys.has(name.value))

const unionsOf = ({ definitions }: DocumentNode) =>
  new Map(
    definitions.flatMap((node) =>
      node.kind === Kind.UNION_TYPE_DEFINITION
        ? [[node.name.value, (node.types ?? []).map(({ name }) => name.value)] as const]
        : [],
    ),
  )

/** Whether one null at the innermost makes null of whatever has the field. */
function isRequired(type: TypeNode): boolean {
  if (type.kind !== Kind.NON_NULL_TYPE) return false
  return type.type.kind === Kind.NAMED_TYPE || isRequired(type.type.type)
}

const nameOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type)

const nullable = (type: TypeNode) => print(type.kind === Kind.NON_NULL_TYPE ? type.type : type)
