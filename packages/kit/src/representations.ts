import { defaultFieldResolver, type GraphQLObjectType, type GraphQLSchema, isUnionType, Kind } from 'graphql'
import { badInput } from './connection.ts'

/**
 * Has `_entities` answer each representation by itself, so that what is wrong with one is that one's error: a resolver
 * that fails, or what stands for no entity of this subgraph, by another type's name or a key that is missing or no
 * string. The library would fail for all of them.
 */
export function answerEntitiesOneByOne(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()._entities
  const entities = schema.getType('_Entity')
  if (!field || !isUnionType(entities)) return
  const keys = new Map(entities.getTypes().map((type) => [type.name, keysOf(type)]))
  const { resolve = defaultFieldResolver } = field

  const standsForOne = (representation: unknown): boolean => {
    if (typeof representation !== 'object' || representation === null) return false
    const given = new Map(Object.entries(representation))
    return Boolean(
      keys
        .get(given.get('__typename'))
        ?.some((key) => key.every((name) => typeof given.get(name) === 'string')),
    )
  }
  field.resolve = (source, args, context, info) =>
    args.representations.map((representation: unknown) => {
      if (!standsForOne(representation)) {
        return badInput(
          'representations',
          'representations are of entities of this subgraph, with their keys',
        )
      }
      try {
        return (resolve(source, { representations: [representation] }, context, info) as unknown[])[0]
      } catch (error) {
        // For GraphQL an error in a list is that item's.
        return error instanceof Error ? error : new Error(String(error))
      }
    })
}

/** The fields of each `@key` of a type. */
function keysOf(type: GraphQLObjectType): string[][] {
  const nodes = [...(type.astNode ? [type.astNode] : []), ...type.extensionASTNodes]
  const directives = nodes.flatMap((node) => node.directives ?? []).filter(({ name }) => name.value === 'key')
  return directives.flatMap((directive) => {
    const fields = directive.arguments?.find(({ name }) => name.value === 'fields')?.value
    return fields?.kind === Kind.STRING ? [fields.value.trim().split(/\s+/)] : []
  })
}
