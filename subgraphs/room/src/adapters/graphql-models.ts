import type { Money } from '../domain/offer.ts'
import type { InvalidInput } from '../domain/refusal.ts'
import type { Room } from '../domain/room.ts'

/** What resolvers of GraphQL's types are given; `npm run generate` finds them by their names. */
export type RoomModel = Room

export type HostModel = { readonly id: string }

/** Money as the domain has it; its decimals follow from the currency. */
export type MoneyModel = Money

/** A refusal of the input; the kit lists its one problem where it does not list them itself. */
export type InvalidInputModel = InvalidInput
