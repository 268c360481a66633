import { scalars } from '@myhotel/kit/scalars'
import { type GraphQLSchema, isScalarType } from 'graphql'

/**
 * A composed schema names its scalars and knows nothing of them. With the parsers of the subgraphs a value that is
 * none (30 February) is refused before anything is planned or fetched.
 */
export function readScalars(schema: GraphQLSchema): void {
  for (const { name, parseValue, parseLiteral } of Object.values(scalars)) {
    const scalar = schema.getType(name)
    if (isScalarType(scalar)) Object.assign(scalar, { parseValue, parseLiteral })
  }
}
