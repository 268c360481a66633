import { BookCanceled, Booked } from '@myhotel/contracts/book'
import { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import { ComplaintClosed, ComplaintFiled } from '@myhotel/contracts/servicecenter'
import { onAll, type Reaction, type Received } from '@myhotel/kit/subscription'
import {
  type Policy,
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
    <Event>(policy: Policy<Event>) =>
    (events: readonly Received<Event>[], tx: Tx) =>
      outgoing(tx).send(
        events.map(({ data, envelope }) => ({
          eventId: envelope.id,
          messages: policy(data),
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
