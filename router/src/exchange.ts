import type { Correlation } from '@myhotel/kit/context'
import type { Writes } from './execution/read-your-writes.ts'
import type { User } from './identity/users.ts'
import type { Quota } from './limits/rate-limits.ts'

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
  operation?: { readonly name: string | null; readonly kind: 'query' | 'mutation' | 'subscription' }
}

/**
 * What Apollo hands to the data sources. Apollo copies the context of each request, so all that changes on
 * the way is in the exchange.
 */
export type RouterContext = { readonly exchange: Exchange }
