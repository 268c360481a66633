import { Kind, type OperationDefinitionNode } from 'graphql'

/**
 * What an operation is called where it is counted: its type and first root field, `mutation bookRoom`. The names that clients
 * give to operations are theirs to choose, and without number.
 */
export function nameOfOperation({ operation, selectionSet }: OperationDefinitionNode): string {
  const fields = selectionSet.selections.filter((selection) => selection.kind === Kind.FIELD)
  const [first] = fields
  const more = selectionSet.selections.length > 1 ? ' …' : ''
  return first ? `${operation} ${first.name.value}${more}` : operation
}
