import type { Attempt, BookingRequest } from '../domain/attempt.ts'
import type { BookedStay, Terms } from '../domain/booking.ts'
import type { Listing, Offer } from '../domain/stay.ts'

/** Examples for tests, in which only what a test is about needs to be said. */
export function anOffer(
  told: Partial<Omit<Offer, 'pricePerNight' | 'cleaningFee'>> & {
    pricePerNight?: number
    cleaningFee?: number
  },
): Offer {
  const { pricePerNight = 10_000, cleaningFee = 0, ...rest } = told
  return {
    hostId: 'host1',
    name: 'Room with a view',
    city: 'Firenze',
    country: 'IT',
    timeZone: 'Europe/Rome',
    taxPartsPerMillion: 0,
    capacity: 4,
    minNights: 1,
    maxNights: 365,
    bookingWindowDays: 730,
    checkInTime: '15:00',
    checkOutTime: '11:00',
    cancellationPolicy: 'FLEXIBLE',
    pricePerNight: { amount: pricePerNight, currency: 'EUR' },
    cleaningFee: { amount: cleaningFee, currency: 'EUR' },
    ...rest,
  }
}

export const aListing = (roomId: string, offer: Offer = anOffer({})): Listing => ({
  roomId,
  version: 1,
  deleted: false,
  offer,
})

export function someTerms(): Terms {
  const total = { amount: 30_000, currency: 'EUR' }
  return {
    roomName: 'Room with a view',
    city: 'Firenze',
    country: 'IT',
    timeZone: 'Europe/Rome',
    checkInTime: '15:00',
    checkOutTime: '11:00',
    cancellationPolicy: 'FLEXIBLE',
    price: { lines: [{ kind: 'NIGHTS', label: '3 nights', amount: total }], total },
  }
}

export function aBooking(told: Partial<BookedStay>): BookedStay {
  return {
    id: '01900000-0000-7000-8000-000000000001',
    version: 1,
    roomId: '01900000-0000-7000-8000-000000000002',
    hostId: 'host1',
    guestId: 'guest1',
    paymentId: '01900000-0000-7000-8000-000000000003',
    stay: { startDate: '2027-03-10', endDate: '2027-03-13' },
    guests: 2,
    terms: someTerms(),
    bookedAt: Date.parse('2027-01-01T00:00:00Z'),
    status: 'BOOKED',
    ...told,
  }
}

export function aRequest(told: Partial<BookingRequest> & { roomId: string }): BookingRequest {
  return {
    guestId: 'guest1',
    idempotencyKey: 'key-1',
    stay: { startDate: '2027-03-10', endDate: '2027-03-13' },
    guests: 2,
    paymentMethod: 'pm_card_visa',
    expectedTotal: null,
    ...told,
  }
}

export function anAttempt(told: Partial<Attempt> & { id: string; claimId: string; roomId: string }): Attempt {
  return {
    state: 'PAYING',
    epoch: 1,
    guestId: 'guest1',
    idempotencyKey: told.id,
    fingerprint: 'same',
    hostId: 'host1',
    stay: { startDate: '2027-03-10', endDate: '2027-03-13' },
    guests: 2,
    terms: someTerms(),
    refusal: null,
    ...told,
  }
}
