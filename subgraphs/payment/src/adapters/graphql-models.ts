import type { Approved, Money } from '../domain/payment.ts'

/** A booking of which payment knows the id; the book subgraph knows the rest. */
export type BookingModel = { readonly id: string }

/** Resolvers of Payment are given the payment as the domain has it. */
export type PaymentModel = Approved

/** Money as the domain has it; its decimals follow from the currency. */
export type MoneyModel = Money
