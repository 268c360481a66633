import { BookCanceled, Booked } from '@myhotel/contracts/book'
import { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import { ComplaintClosed, ComplaintFiled } from '@myhotel/contracts/servicecenter'
import { decimalsOf } from '@myhotel/kit/currency'
import { onAll, type Reaction, type Received } from '@myhotel/kit/subscription'
import {
  type Policy,
  type Priced,
  tellGuestAndHostWheneverBookCanceled,
  tellGuestAndHostWheneverBooked,
  tellGuestWheneverComplaintClosed,
  tellGuestWheneverComplaintFiled,
  tellGuestWheneverPaymentApproved,
  tellGuestWheneverPaymentCanceled,
} from '../application/policies.ts'
import type { Clock, Outgoing } from '../application/ports.ts'

/** Each event with the policy that reacts to it. */
export function reactions<Tx>(outgoing: (tx: Tx) => Outgoing, clock: Clock): Reaction<Tx>[] {
  const tell =
    <Event extends object>(policy: Policy<Event>) =>
    (events: readonly Received<Event>[], tx: Tx) =>
      outgoing(tx).send(
        events.map(({ data, envelope }) => ({
          eventId: envelope.id,
          messages: policy(priced(data)),
          under: envelope,
        })),
        clock(),
      )

  return [
    onAll(Booked, tell(tellGuestAndHostWheneverBooked)),
    onAll(BookCanceled, tell(tellGuestAndHostWheneverBookCanceled)),
    onAll(PaymentApproved, tell(tellGuestWheneverPaymentApproved)),
    onAll(PaymentCanceled, tell(tellGuestWheneverPaymentCanceled)),
    onAll(ComplaintFiled, tell(tellGuestWheneverComplaintFiled)),
    onAll(ComplaintClosed, tell(tellGuestWheneverComplaintClosed)),
  ]
}

/** Adds to each amount of an event how many decimals its currency has. */
export function priced<Event extends object>(event: Event): Priced<Event> {
  const fields = Object.entries(event).map(([name, value]) => [
    name,
    isMoney(value) ? { ...value, decimals: decimalsOf(value.currency) } : value,
  ])
  return Object.fromEntries(fields) as Priced<Event>
}

const isMoney = (value: unknown): value is { amount: number; currency: string } =>
  typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value
