import { type DocumentNode, Kind, type ObjectTypeDefinitionNode, type TypeNode } from 'graphql'

/** What the policy has to know of a schema. */
export type Types = {
  readonly objects: ReadonlyMap<string, ObjectType>
  /** The members of each union. */
  readonly unions: ReadonlyMap<string, readonly string[]>
}

export type ObjectType = {
  readonly fields: ReadonlyMap<string, { readonly returns: string; readonly args: readonly string[] }>
  /** The router may ask for it by its key. */
  readonly isEntity: boolean
  readonly interfaces: readonly string[]
}

/** Reads object types, extensions with them, and unions from a schema's text. */
export function readTypes({ definitions }: DocumentNode): Types {
  const objects = new Map<string, ObjectType>()
  const unions = new Map<string, readonly string[]>()
  for (const node of definitions) {
    if (node.kind === Kind.UNION_TYPE_DEFINITION || node.kind === Kind.UNION_TYPE_EXTENSION) {
      const members = node.types?.map(({ name }) => name.value) ?? []
      unions.set(node.name.value, [...(unions.get(node.name.value) ?? []), ...members])
    }
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION) {
      const { fields, isEntity, interfaces } = objects.get(node.name.value) ?? nothing
      objects.set(node.name.value, {
        fields: new Map([...fields, ...fieldsOf(node)]),
        isEntity: isEntity || isResolvable(node),
        interfaces: [...interfaces, ...(node.interfaces?.map(({ name }) => name.value) ?? [])],
      })
    }
  }
  return { objects, unions }
}

const nothing: ObjectType = { fields: new Map(), isEntity: false, interfaces: [] }

type ObjectNode = Pick<ObjectTypeDefinitionNode, 'fields' | 'directives'>

const fieldsOf = ({ fields = [] }: ObjectNode) =>
  fields.map(({ name, type, arguments: args = [] }) => {
    return [name.value, { returns: nameOf(type), args: args.map((each) => each.name.value) }] as const
  })

const isResolvable = ({ directives = [] }: ObjectNode) =>
  directives.some(
    ({ name, arguments: args = [] }) =>
      name.value === 'key' &&
      !args.some((each) => each.name.value === 'resolvable' && 'value' in each.value && !each.value.value),
  )

const nameOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type)
