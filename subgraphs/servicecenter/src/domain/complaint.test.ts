import { describe, expect, it } from 'vitest'
import { close, evolve, type FileComplaint, file, flawOfResolution } from './complaint.ts'

const id = '0190a000-0000-7000-8000-000000000001'
const wish: FileComplaint = {
  id,
  guestId: 'guest1',
  bookingId: null,
  roomId: null,
  text: 'The shower is cold.\nVery cold.',
  filedAt: '2027-01-01T10:00:00.000Z',
}
const filed = evolve(null, { type: 'ComplaintFiled', ...wish })
const settlement = { resolution: 'Refunded.', closedBy: 'agent1', closedAt: '2027-01-02T10:00:00.000Z' }
const closed = evolve(filed, { type: 'ComplaintClosed', ...settlement })

describe('filing a complaint', () => {
  it('opens it', () => {
    expect(file(wish)).toEqual({ type: 'ComplaintFiled', ...wish })
    expect(filed).toEqual({ ...wish, status: 'OPEN', version: 1 })
  })

  it.each([
    ['about a booking and a room', { bookingId: id, roomId: id }],
    ['of 5000 characters', { text: 'a'.repeat(5000) }],
    ['of 5000 characters that are two halves each', { text: '🛁'.repeat(5000) }],
    ['in any script', { text: '욕실이 차갑습니다 👩‍👩‍👧' }],
  ])('takes one %s', (_, part) => {
    expect(file({ ...wish, ...part })).toHaveProperty('type', 'ComplaintFiled')
  })

  it.each([
    ['empty', { text: '' }, 'text'],
    ['blank', { text: ' \n\u200b' }, 'text'],
    ['too long', { text: 'a'.repeat(5001) }, 'text'],
    ['too long in characters of two halves', { text: '🛁'.repeat(5001) }, 'text'],
  ])('refuses one that is %s', (_, part, field) => {
    expect(file({ ...wish, ...part })).toMatchObject({ code: 'INVALID_INPUT', field })
  })
})

describe('closing a complaint', () => {
  it('settles it', () => {
    expect(close(settlement, filed)).toEqual({ type: 'ComplaintClosed', ...settlement })
    expect(closed).toEqual({ ...filed, ...settlement, status: 'CLOSED', version: 2 })
  })

  it('changes nothing where it is closed', () => {
    expect(close({ ...settlement, closedBy: 'agent2' }, closed)).toBe('already')
  })

  it('needs a resolution', () => {
    expect(flawOfResolution(' ')).toMatchObject({ code: 'INVALID_INPUT', field: 'resolution' })
    expect(flawOfResolution('Refunded.')).toBeNull()
  })
})
