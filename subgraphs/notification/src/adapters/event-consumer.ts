import { BookCanceled, Booked } from '@myhotel/contracts/book'
import { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import { ComplaintClosed, ComplaintFiled } from '@myhotel/contracts/servicecenter'
import type { Envelope } from '@myhotel/kit/bus'
import { on, type Reaction } from '@myhotel/kit/subscription'
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
    (event: Event, tx: Tx, { id }: Envelope) =>
      outgoing(tx).send(id, policy(event), clock())

  return [
    on(Booked, tell(tellGuestAndHostWheneverBooked)),
    on(BookCanceled, tell(tellGuestAndHostWheneverBookCanceled)),
    on(PaymentApproved, tell(tellGuestWheneverPaymentApproved)),
    on(PaymentCanceled, tell(tellGuestWheneverPaymentCanceled)),
    on(ComplaintFiled, tell(tellGuestWheneverComplaintFiled)),
    on(ComplaintClosed, tell(tellGuestWheneverComplaintClosed)),
  ]
}
