import type { Correlation } from '@myhotel/kit/context'
import type { DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import type { Writes } from './execution/read-your-writes.ts'
import type { User } from './identity/users.ts'
import type { Quota } from './limits/rate-limits.ts'

/** An operation that was found valid. */
export type Operation = {
  /** Names its document: the hash, or what the manifest calls it. */
  readonly id: string
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** What it is valid on. */
  readonly schema: GraphQLSchema
}

/**
 * One request of a client on its way through the router: who asks, what it belongs to, how long it is of use.
 */
export type Exchange = {
  readonly user: User
  /** Whose requests are counted: `user:<subject>`, or `address:<address>` of nobody in particular. */
  readonly client: string
  /** What the client may still do, by each policy that counted this request. */
  readonly quotas: Quota[]
  readonly correlation: Correlation
  readonly writes: Writes
  /** Aborted when nobody waits for the answer any more: the client has gone, or the time is over. */
  readonly signal: AbortSignal
  /** What subgraphs told in the extensions of their answers. */
  readonly extensions: Record<string, unknown>
  /** Known once the document is read and found valid. */
  asked?: Operation
  /** The type that a mutation was answered with, whether or not its client asks for it. */
  answeredAs?: string | undefined
  /** What comes of it, once it is under way: it is executed once, whoever writes the answer. */
  execution?: Promise<ExecutionResult>
}

/**
 * What Apollo hands to the data sources. Apollo copies the context of each request, so all that changes on
 * the way is in the exchange.
 */
export type RouterContext = { readonly exchange: Exchange }
