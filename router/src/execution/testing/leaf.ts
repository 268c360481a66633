import { type GraphQLLeafType, isEnumType } from 'graphql'

/** A value of a scalar or an enum that looks random. */
export function leaf(type: GraphQLLeafType, seed: number): unknown {
  if (isEnumType(type)) {
    const values = type.getValues()
    return values[seed % values.length]?.name
  }
  switch (type.name) {
    case 'Int':
      return seed % 1_000
    case 'Float':
      return (seed % 1_000) / 8
    case 'Boolean':
      return seed % 2 === 0
    case 'ID':
      return seed % 3 === 0 ? seed % 100 : `id ${seed % 100}`
    case 'String':
      return `text "${seed % 100}" \u00fc\n`
    case 'Date':
      return `2027-02-${10 + (seed % 19)}`
    case 'DateTime':
      return `2027-02-${10 + (seed % 19)}T12:00:00Z`
    case 'Currency':
      return ['EUR', 'KRW', 'TND'][seed % 3]
    case 'MinorUnits':
      return (seed % 1_000) * 1_000_000_000
    default:
      return ['a scalar', 5, { of: 'our', own: [1, null] }, ['list'], false][seed % 5]
  }
}
