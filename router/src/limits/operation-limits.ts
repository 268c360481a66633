import { type ApolloServerPlugin, HeaderMap } from '@apollo/server'
import {
  type DocumentNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Exchange, Operation, RouterContext } from '../exchange.ts'
import { type Price, price } from './cost.ts'
import { type RateLimits, secondsUntilFree } from './rate-limits.ts'

/** What is known only once an operation is. */
export type OperationLimits = {
  /**
   * Whether a request may do this: it costs no more than it may with these variables, asks for no page that is too
   * large, and is not one mutation too many. Its mutations are counted the first time.
   */
  allow(operation: Operation, variables: Variables, exchange: Exchange): boolean | Promise<boolean>
  /** Refuses what is not allowed. */
  readonly plugin: ApolloServerPlugin<RouterContext>
}

type Variables = Readonly<Record<string, unknown>>

export function createOperationLimits(options: {
  cost: number
  first: number
  rates: RateLimits
}): OperationLimits {
  /** Apollo keeps valid documents: the same operation is the same object when it is asked again. */
  const prices = new WeakMap<OperationDefinitionNode, Price>()

  /** Why an operation is not executed with these variables, or null. */
  function refusalOf(
    { schema, document, operation }: Omit<Operation, 'id'>,
    variables: Variables,
  ): GraphQLError | null {
    const known = prices.get(operation) ?? price(schema, document, operation)
    prices.set(operation, known)
    if (known.pages(variables).some((first) => first < 0 || first > options.first)) {
      return refused(400, 'BAD_USER_INPUT', `first must be between 0 and ${options.first}`)
    }
    const cost = known.cost(variables)
    if (cost <= options.cost) return null
    const told = `the operation may return ${cost} objects; the limit is ${options.cost}`
    return refused(400, 'OPERATION_TOO_COSTLY', `${told}: ask for smaller pages`)
  }

  /** Why a client has to wait with these mutations, or null. However often it is asked, they are counted once. */
  async function haste(
    { document, operation }: Pick<Operation, 'document' | 'operation'>,
    { client, quotas }: Exchange,
  ): Promise<GraphQLError | null> {
    let quota = quotas.find(({ policy }) => policy === 'mutations')
    if (!quota) {
      quota = (await options.rates.mutations(client, mutationsIn(document, operation))) ?? undefined
      if (quota) quotas.push(quota)
    }
    if (!quota?.exceeded) return null
    const retryAfterSeconds = secondsUntilFree(quota)
    const message = `too many mutations: ask again in ${retryAfterSeconds} s`
    return refused(429, 'RATE_LIMITED', message, retryAfterSeconds)
  }

  return {
    allow(asked, variables, exchange) {
      if (refusalOf(asked, variables)) return false
      return asked.operation.operation !== 'mutation' || haste(asked, exchange).then((why) => why === null)
    },
    plugin: {
      async requestDidStart() {
        return {
          async didResolveOperation({ schema, document, operation, request, contextValue: { exchange } }) {
            // Apollo answers that there is no such operation.
            if (!operation) return
            const refusal = refusalOf({ schema, document, operation }, request.variables ?? {})
            if (refusal) throw refusal
            if (operation.operation !== 'mutation') return
            const tooMany = await haste({ document, operation }, exchange)
            if (tooMany) throw tooMany
          },
        }
      },
    },
  }
}

/** How many mutations an operation asks for: aliases make many of one. */
function mutationsIn(document: DocumentNode, operation: OperationDefinitionNode): number {
  const names = new Set<string>()
  const seen = new Set<SelectionSetNode>()
  const collect = (selectionSet: SelectionSetNode) => {
    if (seen.has(selectionSet)) return
    seen.add(selectionSet)
    for (const node of selectionSet.selections) {
      if (node.kind === Kind.FIELD) names.add(node.alias?.value ?? node.name.value)
      else if (node.kind === Kind.INLINE_FRAGMENT) collect(node.selectionSet)
      else {
        for (const one of document.definitions) {
          if (one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === node.name.value)
            collect(one.selectionSet)
        }
      }
    }
  }
  collect(operation.selectionSet)
  return names.size
}

function refused(status: number, code: string, message: string, retryAfterSeconds?: number): GraphQLError {
  const headers = new HeaderMap()
  if (retryAfterSeconds) headers.set('retry-after', String(retryAfterSeconds))
  return new GraphQLError(message, { extensions: { code, retryAfterSeconds, http: { status, headers } } })
}
