import { type GraphQLEnumType, type GraphQLLeafType, isEnumType } from 'graphql'

/** A subgraph's value as clients are told it; undefined where it is none of the type. */
type Read = (value: unknown) => unknown

const longestInt = 2 ** 31 - 1

/**
 * Reads values of a scalar or an enum, as clients see it: values of enums that are hidden from them are none. Of scalars
 * of our own nothing is known.
 */
export function compileLeaf(type: GraphQLLeafType): Read {
  if (isEnumType(type)) return oneOf(type)
  switch (type.name) {
    case 'String':
      return where((value) => typeof value === 'string')
    case 'ID':
      return (value) =>
        typeof value === 'string' ? value : Number.isInteger(value) ? String(value) : undefined
    case 'Int':
      return where((value) => Number.isInteger(value) && isShort(value as number))
    case 'Float':
      return where((value) => typeof value === 'number' && Number.isFinite(value))
    case 'Boolean':
      return where((value) => typeof value === 'boolean')
    default:
      return (value) => value
  }
}

const where =
  (fits: (value: unknown) => boolean): Read =>
  (value) =>
    fits(value) ? value : undefined

const isShort = (value: number) => value <= longestInt && value >= -longestInt - 1

function oneOf(type: GraphQLEnumType): Read {
  const values = new Set<unknown>(type.getValues().map(({ name }) => name))
  return where((value) => values.has(value))
}
