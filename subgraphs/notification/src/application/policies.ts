import type { BookCanceled, Booked } from '@myhotel/contracts/book'
import type { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import type { ComplaintClosed, ComplaintFiled } from '@myhotel/contracts/servicecenter'
import { complaintClosedMessage, complaintFiledMessage } from '../domain/complaint-messages.ts'
import type { Message } from '../domain/notification.ts'
import { paymentApprovedMessage, paymentCanceledMessage } from '../domain/payment-messages.ts'
import {
  bookedMessage,
  bookingReceivedMessage,
  canceledMessageForGuest,
  canceledMessageForHost,
} from '../domain/stay-messages.ts'
import type { Money } from '../domain/wording.ts'

/** A policy: whom to tell what whenever an event has happened. */
export type Policy<Event> = (event: Priced<Event>) => readonly Message[]

/** An event with the decimals of each amount in it, which mails write and events leave out. */
export type Priced<Event> = {
  [Name in keyof Event]: Event[Name] extends EventMoney ? Money : Event[Name]
}
type EventMoney = Pick<Money, 'amount' | 'currency'>

export const tellGuestAndHostWheneverBooked: Policy<Booked> = (stay) => [
  bookedMessage(stay),
  bookingReceivedMessage(stay),
]

/** A deleted room needs no policy of its own: each of its bookings to come is cancelled, and told so. */
export const tellGuestAndHostWheneverBookCanceled: Policy<BookCanceled> = (stay) => [
  canceledMessageForGuest(stay),
  canceledMessageForHost(stay),
]

export const tellGuestWheneverPaymentApproved: Policy<PaymentApproved> = (payment) => [
  paymentApprovedMessage(payment),
]

export const tellGuestWheneverPaymentCanceled: Policy<PaymentCanceled> = (payment) => [
  paymentCanceledMessage(payment),
]

export const tellGuestWheneverComplaintFiled: Policy<ComplaintFiled> = (complaint) => [
  complaintFiledMessage(complaint),
]

export const tellGuestWheneverComplaintClosed: Policy<ComplaintClosed> = (complaint) => [
  complaintClosedMessage(complaint),
]
