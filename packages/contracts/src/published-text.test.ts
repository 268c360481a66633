import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { type EventContract, withheldFieldsOf } from './event.ts'

/** Why a text may stand in an event, which is kept for ever. */
const id = 'an id, ours or of an account'
const code = 'one of a fixed list, or a code of a standard'
const wallClock = 'a time of day'
const offered = 'public: a room as everybody sees it'
const ours = 'worded by the service, not by a person'

const stay = {
  ...{ bookingId: id, roomId: id, roomName: offered, hostId: id, guestId: id, paymentId: id },
  'total.currency': code,
}
const room = {
  ...{ roomId: id, hostId: id, name: offered, city: offered, country: offered, timeZone: code },
  ...{ 'pricePerNight.currency': code, 'cleaningFee.currency': code },
  ...{ checkInTime: wallClock, checkOutTime: wallClock },
}
const payment = {
  ...{ paymentId: id, bookingId: id, roomId: id, guestId: id, hostId: id },
  'amount.currency': code,
}
const block = { blockId: id, roomId: id, hostId: id }
const complaint = { complaintId: id, guestId: id, bookingId: id, roomId: id }
const notification = { notificationId: id, recipientId: id }

/** Every text that is published, and why it may be. What a person wrote to another is not among them. */
const publishedText: Record<string, Record<string, string>> = {
  RoomRegistered: room,
  RoomChanged: room,
  RoomDeleted: { roomId: id, hostId: id, name: offered },
  Booked: {
    ...stay,
    ...{ city: offered, country: offered, timeZone: code, checkInTime: wallClock, checkOutTime: wallClock },
    ...{ 'lines.label': ours, 'lines.amount.currency': code },
  },
  BookCanceled: { ...stay, 'refund.currency': code },
  DatesBlocked: block,
  DatesUnblocked: block,
  PaymentApproved: payment,
  PaymentCanceled: { ...payment, 'refunded.currency': code },
  BookCounted: { roomId: id },
  ComplaintFiled: complaint,
  ComplaintClosed: { ...complaint, closedBy: id },
  NotificationSent: { ...notification, kind: code },
  NotificationRead: notification,
  AccessRefused: {
    ...{ refusalId: id, refusedBy: code, actor: id, roles: code, action: code },
    ...{ 'subject.type': code, 'subject.id': id, reason: ours },
  },
}

const contracts = (
  await Promise.all(
    readdirSync(import.meta.dirname)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => import(/* @vite-ignore */ `./${file}`)),
  )
)
  .flatMap((exported) => Object.values(exported))
  .filter(
    (value): value is EventContract => typeof value === 'object' && value !== null && 'context' in value,
  )

type Schema = {
  type?: string | string[]
  format?: string
  enum?: unknown[]
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
}

/** The paths of the texts of a schema; dates, instants and values of a list are none. */
function textsOf(schema: Schema, path = ''): string[] {
  if (schema.enum || schema.format) return []
  if ([schema.type].flat().includes('string')) return [path]
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    textsOf(property, path ? `${path}.${name}` : name),
  )
  const choices = (schema.anyOf ?? []).flatMap((choice) => textsOf(choice, path))
  return [...inner, ...choices, ...(schema.items ? textsOf(schema.items, path) : [])]
}

it('every text in an event is known, and none is what a person wrote to another', () => {
  const found = contracts.map(({ type, schema }) => {
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema
    return [type, textsOf(json).toSorted()]
  })
  const known = Object.entries(publishedText).map(([type, texts]) => [type, Object.keys(texts).toSorted()])
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(known))
})

it('text that was published once is withheld, and events that still carry it can be read', () => {
  const withheld = contracts.flatMap((contract) => {
    const fields = withheldFieldsOf(contract)
    return Object.keys(fields).length > 0 ? [[contract.type, fields]] : []
  })
  expect(Object.fromEntries(withheld)).toEqual({
    RoomDeleted: { reason: null },
    BookCanceled: { reason: null },
    ComplaintFiled: { text: '' },
    ComplaintClosed: { text: '', resolution: '' },
  })
  const closed = contracts.find(({ type }) => type === 'ComplaintClosed')
  const event = {
    ...{ complaintId: 'c', guestId: 'g', bookingId: null, roomId: null, closedBy: 'a' },
    closedAt: '2027-02-28T12:00:00.000Z',
  }
  expect(closed?.schema.parse({ ...event, text: 'cold', resolution: 'warm' })).toEqual({
    ...event,
    ...{ text: '', resolution: '' },
  })
  expect(closed?.schema.parse(event)).toEqual({ ...event, text: '', resolution: '' })
})
