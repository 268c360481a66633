import {
  type FloatValueNode,
  GraphQLError,
  GraphQLFloat,
  getNamedType,
  type IntValueNode,
  OperationTypeNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'

/**
 * Refuses operations of a kind that the schema does not have, which the rules of graphql-js let pass, whatever they
 * ask for. Subscriptions are none of what is served by HTTP.
 */
const servedOperationsRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    const { operation } = node
    if (operation !== OperationTypeNode.SUBSCRIPTION && context.getSchema().getRootType(operation)) return
    const instead = operation === OperationTypeNode.SUBSCRIPTION ? 'Send a query instead.' : ''
    context.reportError(
      new GraphQLError(`There are no ${plurals[operation]} here. ${instead}`.trim(), { nodes: node }),
    )
    return false
  },
})

/**
 * Refuses numbers that no Float can hold. As the values of variables graphql-js refuses them, too; written in a
 * document they would become Infinity.
 */
const finiteNumbersRule: ValidationRule = (context) => {
  const refuse = (node: FloatValueNode | IntValueNode) => refuseInfinity(context, node)
  return { FloatValue: refuse, IntValue: refuse }
}

function refuseInfinity(context: ValidationContext, node: FloatValueNode | IntValueNode) {
  const type = context.getInputType()
  if (!type || getNamedType(type) !== GraphQLFloat || Number.isFinite(Number(node.value))) return
  const told = `${node.value.slice(0, 20)} is beyond what a Float can be.`
  context.reportError(new GraphQLError(told, { nodes: node }))
}

/** What is wrong with a document beyond the rules of the specification that graphql-js has. */
export const moreRules: readonly ValidationRule[] = [servedOperationsRule, finiteNumbersRule]

const plurals = { query: 'queries', mutation: 'mutations', subscription: 'subscriptions' }

/** Apollo gives some faults of requests a status and no code. */
export function isClientsFault(error: unknown): boolean {
  const status = (error as { extensions?: { http?: { status?: number } } } | null)?.extensions?.http?.status
  return status !== undefined && status >= 400 && status < 500
}
