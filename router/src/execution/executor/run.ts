import type { GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { Exchange } from '../../exchange.ts'
import type { FieldSets } from '../planning/field-sets.ts'
import type { Data } from './data.ts'
import type { Errors } from './errors.ts'
import type { Merge } from './merge.ts'

/** What a subgraph answers: GraphQL's response format. */
export type Answer = {
  data?: Data | null
  errors?: readonly GraphQLFormattedError[]
  extensions?: Record<string, unknown>
}

/** What a fetch is for: it decides how long the answer is waited for, and what it has to look like. */
export type Purpose = {
  readonly isMutation: boolean
  /** How many entities are asked for; undefined where it is the root's fields. */
  readonly entities?: number
}

/** A subgraph as the executor asks it. */
export type Source = {
  /**
   * Sends an operation, both parts as JSON texts: the operation is the same at each execution of a plan, the
   * variables are not.
   * @throws a GraphQLError with a code that clients are told, where there is no usable answer
   */
  send(operation: string, variables: string, exchange: Exchange, purpose: Purpose): Promise<Answer>
}

/** One execution of a plan. */
export type Run = {
  readonly exchange: Exchange
  readonly variables: Readonly<Record<string, unknown>>
  /** The result as far as it is known, with all that was fetched on the way and is not for the client. */
  readonly result: Data
  readonly errors: Errors
  /** Objects of which a subgraph answered that it does not know them. */
  readonly unknown: Set<Data>
}

/** Where a step works: all objects of the result that its path leads to; null where that ends early. */
export type Found = readonly (Data | null | undefined)[]

/** A node of a plan, compiled. */
export type Step = (run: Run, found: Found) => Promise<void>

/** What a plan is compiled against. */
export type PlanContext = {
  /** The supergraph's own schema, with what clients cannot see. */
  readonly schema: GraphQLSchema
  readonly sourceOf: (subgraph: string) => Source
  readonly fieldSetsOf: (subgraph: string) => FieldSets
  readonly merge: Merge
}
