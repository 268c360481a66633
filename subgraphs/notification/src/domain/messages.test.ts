import { describe, expect, test } from 'vitest'
import { complaintClosedMessage, complaintFiledMessage } from './complaint-messages.ts'
import { paymentApprovedMessage, paymentCanceledMessage } from './payment-messages.ts'
import {
  type BookedStay,
  bookedMessage,
  bookingReceivedMessage,
  type CanceledStay,
  canceledMessageForGuest,
  canceledMessageForHost,
} from './stay-messages.ts'

const stay = {
  bookingId: 'b1',
  roomId: 'r1',
  roomName: 'Hanok in Bukchon',
  hostId: 'host1',
  guestId: 'guest1',
  startDate: '2027-02-28',
  endDate: '2027-03-02',
  guests: 2,
  total: { amount: 250_000, currency: 'KRW', decimals: 0 },
}
const booked: BookedStay = {
  ...stay,
  city: 'Seoul',
  country: 'KR',
  checkInTime: '15:00',
  checkOutTime: '11:00',
  cancellationPolicy: 'MODERATE',
}
const canceled: CanceledStay = {
  ...stay,
  canceledBy: 'GUEST',
  refund: { amount: 125_000, currency: 'KRW', decimals: 0 },
}

test('a guest is told what was booked, when to come, what it costs and what cancelling gives back', () => {
  expect(bookedMessage(booked)).toEqual({
    recipientId: 'guest1',
    kind: 'BOOKED',
    title: 'You are booked: Hanok in Bukchon',
    body: [
      'Your stay at Hanok in Bukchon in Seoul, South Korea is booked.',
      'Check-in: Sunday 28 February 2027, from 15:00',
      'Check-out: Tuesday 2 March 2027, until 11:00',
      'Nights: 2',
      'Guests: 2',
      'Total: ₩250,000',
      'If you cancel: all back until 5 days before check-in, then half; after check-in half of the nights to come.',
      'Booking: b1',
    ].join('\n'),
    bookingId: 'b1',
    roomId: 'r1',
  })
})

test('a host is told who comes', () => {
  expect(bookingReceivedMessage(booked)).toMatchObject({
    recipientId: 'host1',
    kind: 'BOOKING_RECEIVED',
    title: 'New booking: Hanok in Bukchon',
    body: expect.stringContaining('guest1 booked Hanok in Bukchon in Seoul, South Korea.\nCheck-in: Sunday'),
  })
})

describe('a cancellation', () => {
  test('tells the guest what comes back', () => {
    const { recipientId, kind, body } = canceledMessageForGuest(canceled)
    expect({ recipientId, kind }).toEqual({ recipientId: 'guest1', kind: 'BOOK_CANCELED' })
    expect(body).toContain('Sunday 28 February 2027 to Tuesday 2 March 2027 (2 nights), was cancelled.')
    expect(body).toContain('You get back ₩125,000 of ₩250,000.')
  })

  test('tells the guest when nothing comes back', () => {
    const nothing = { ...canceled, refund: { amount: 0, currency: 'KRW', decimals: 0 } }
    expect(canceledMessageForGuest(nothing).body).toContain('gives nothing back')
  })

  test.each([
    ['GUEST', 'was cancelled.', 'was cancelled by the guest, guest1.'],
    ['HOST', 'was cancelled by the host.', 'was cancelled.'],
    ['SERVICE_CENTER', 'by our service centre.', 'by our service centre.'],
    ['ROOM_DELETED', 'because the room is no longer offered.', 'because the room was removed.'],
  ] as const)('by %s says so to both', (canceledBy, forGuest, forHost) => {
    expect(canceledMessageForGuest({ ...canceled, canceledBy }).body).toContain(forGuest)
    expect(canceledMessageForHost({ ...canceled, canceledBy })).toMatchObject({
      recipientId: 'host1',
      kind: 'BOOK_CANCELED',
      body: expect.stringContaining(forHost),
    })
  })

  test.each([
    ['GUEST', false, true],
    ['HOST', true, false],
    ['SERVICE_CENTER', true, true],
    ['ROOM_DELETED', false, false],
  ] as const)('by %s says where the reason is to whoever did not give it', (canceledBy, guest, host) => {
    const says = (message: { body: string }) => message.body.includes('you find it with the booking')
    expect(says(canceledMessageForGuest({ ...canceled, canceledBy }))).toBe(guest)
    expect(says(canceledMessageForHost({ ...canceled, canceledBy }))).toBe(host)
  })
})

describe('a payment', () => {
  const payment = { paymentId: 'p1', bookingId: 'b1', roomId: 'r1', guestId: 'guest1', hostId: 'host1' }
  const amount = { amount: 12_345, currency: 'EUR', decimals: 2 }

  test('that was approved has a receipt', () => {
    expect(paymentApprovedMessage({ ...payment, amount })).toEqual({
      recipientId: 'guest1',
      kind: 'PAYMENT_APPROVED',
      title: 'Paid: €123.45',
      body: 'We received your payment of €123.45.\nBooking: b1\nPayment: p1',
      bookingId: 'b1',
      roomId: 'r1',
    })
  })

  test.each([
    [12_345, 'Refunded: €123.45', 'We gave €123.45 of the €123.45 that you paid back'],
    [5_000, 'Refunded: €50.00', 'We gave €50.00 of the €123.45'],
    [0, 'nothing to refund', 'Nothing of the €123.45'],
  ])('that was cancelled tells what came back: %d', (refunded, title, body) => {
    const message = paymentCanceledMessage({
      ...payment,
      amount,
      refunded: { amount: refunded, currency: 'EUR', decimals: 2 },
    })
    expect(message).toMatchObject({ recipientId: 'guest1', kind: 'PAYMENT_CANCELED' })
    expect(message.title).toContain(title)
    expect(message.body).toContain(body)
  })
})

test('a complaint is confirmed, and its end is told with the place of the answer', () => {
  const complaint = { complaintId: 'c1', guestId: 'guest1', bookingId: 'b1', roomId: null }
  expect(complaintFiledMessage(complaint)).toMatchObject({
    recipientId: 'guest1',
    kind: 'COMPLAINT_FILED',
    bookingId: 'b1',
    roomId: null,
    body: expect.stringContaining('We received your complaint and will look into it.\nComplaint: c1'),
  })
  expect(complaintClosedMessage(complaint)).toMatchObject({
    recipientId: 'guest1',
    kind: 'COMPLAINT_CLOSED',
    body: expect.stringContaining('The answer is with the complaint'),
  })
})

test('names that try to break out of the title stay on its line', () => {
  const roomName = 'Loft\r\nBcc: everyone@example.com\u202e\u0000\n'
  expect(bookedMessage({ ...booked, roomName }).title).toBe('You are booked: Loft Bcc: everyone@example.com')
  expect(bookedMessage({ ...booked, roomName: 'ä'.repeat(500) }).title).toBe(
    `You are booked: ${'ä'.repeat(199)}…`,
  )
})
