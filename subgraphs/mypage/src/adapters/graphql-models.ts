import type { Money } from '../views/money.ts'

/** What the resolvers know of a page: whose it is. Everything else is read when it is asked for. */
export type GuestPageModel = { userId: string }
export type HostPageModel = { userId: string }

/** Money as records hold it; its decimals follow from the currency. */
export type MoneyModel = Money
