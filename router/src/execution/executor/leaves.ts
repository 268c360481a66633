import {
  type EnumType,
  isCustomScalarType,
  isEnumType,
  type Schema,
  type Type,
} from '@apollo/federation-internals'

type Fits = (value: unknown) => boolean

/**
 * Whether a subgraph's value is one of a scalar or an enum, as clients see it: values of enums that are hidden
 * from them are none. Of scalars of our own nothing is known.
 */
export function compileLeaf(schema: Schema, type: Type): Fits {
  if (isEnumType(type)) return oneOf(type)
  if (isCustomScalarType(type)) return () => true
  switch (type) {
    case schema.stringType():
      return (value) => typeof value === 'string'
    case schema.idType():
      return (value) => typeof value === 'string' || isInteger(value)
    case schema.intType():
      return isInteger
    case schema.floatType():
      return (value) => typeof value === 'number' && Number.isFinite(value)
    case schema.booleanType():
      return (value) => typeof value === 'boolean'
    default:
      throw new Error(`${type} is no type of a leaf`)
  }
}

function oneOf(type: EnumType): Fits {
  const values = new Set<unknown>(type.values.map(({ name }) => name))
  return (value) => values.has(value)
}

/** Beyond 1e21 a number is written with an exponent, and no integer for GraphQL. */
const isInteger = (value: unknown) => Number.isInteger(value) && Math.abs(value as number) < 1e21
