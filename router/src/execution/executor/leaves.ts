import { type GraphQLEnumType, type GraphQLLeafType, isEnumType } from 'graphql'

/** A subgraph's value as clients are told it; undefined where it is none of the type. */
type Read = (value: unknown) => unknown

const longestInt = 2 ** 31 - 1

const isText = (value: unknown) => typeof value === 'string'

/** How values of the scalars that all subgraphs share are written. */
const shared = new Map<string, (value: unknown) => boolean>([
  ['Date', isText],
  ['DateTime', isText],
  ['Currency', isText],
  ['MinorUnits', Number.isSafeInteger],
])

/**
 * Reads values of a scalar or an enum, as clients see it: values of enums that are hidden from them are none. Of scalars
 * that are not known anything goes that is not nested beyond all measure.
 */
export function compileLeaf(type: GraphQLLeafType): Read {
  if (isEnumType(type)) return oneOf(type)
  switch (type.name) {
    case 'String':
      return where(isText)
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
      return where(shared.get(type.name) ?? ((value) => isNestedWithin(value, deepest)))
  }
}

const where =
  (fits: (value: unknown) => boolean): Read =>
  (value) =>
    fits(value) ? value : undefined

/** Values are written as JSON by recursion. */
const deepest = 200

function isNestedWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((inside) => isNestedWithin(inside, levels - 1))
}

const isShort = (value: number) => value <= longestInt && value >= -longestInt - 1

function oneOf(type: GraphQLEnumType): Read {
  const values = new Set<unknown>(type.getValues().map(({ name }) => name))
  return where((value) => values.has(value))
}
