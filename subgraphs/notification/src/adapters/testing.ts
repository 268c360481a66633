import { createECDH, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Booked } from '@myhotel/contracts/book'
import { createLogger } from '@myhotel/kit/logger'
import { startProcess } from '@myhotel/kit/testing/process'
import type { Message } from '../domain/notification.ts'

export const silent = createLogger('test', 'silent')

export type Mail = {
  to: string[]
  subject: string
  text: string
  headers: Record<string, string>
  /** The whole mail as it came, one character for each byte. */
  source: string
}

/** The mail catcher, as its own process. */
export async function startMailCatcher() {
  const folder = await mkdtemp(join(tmpdir(), 'myhotel-mail-'))
  const { url, listening, stop } = await startProcess('tools/sandbox/mail-catcher/main.ts', {
    DATA_DIR: folder,
  })
  return {
    smtpUrl: String(listening.smtpUrl),
    stop,
    async mailTo(address: string): Promise<Mail[]> {
      const response = await fetch(`${url}/messages?to=${encodeURIComponent(address)}`)
      return (await response.json()) as Mail[]
    },
    async reject(reject: boolean) {
      await fetch(`${url}/control`, { method: 'PUT', body: JSON.stringify({ reject }) })
    },
  }
}

/** A push service that notes what it is sent; `answer` is the status by path, 201 unless told. */
export async function startPushService() {
  const received: { path: string; headers: IncomingHttpHeaders; bytes: number }[] = []
  const answer = new Map<string, number>()
  const server = createServer(async (request, response) => {
    let bytes = 0
    for await (const chunk of request as AsyncIterable<Buffer>) bytes += chunk.length
    received.push({ path: request.url ?? '', headers: request.headers, bytes })
    response.writeHead(answer.get(request.url ?? '') ?? 201).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer,
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

/** What a browser would say at `endpoint`. */
export function browserAt(endpoint: string) {
  const keys = createECDH('prime256v1')
  return {
    endpoint,
    p256dh: keys.generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }
}

/** A message to a user, as a policy would make it. */
export function messageTo(recipientId: string, change: Partial<Message> = {}): Message {
  const message = { recipientId, kind: 'BOOKED' as const, title: 'You are booked', body: 'See you soon.' }
  return { ...message, bookingId: 'b1', roomId: 'r1', ...change }
}

/** A booking as book announces it. */
export function bookingOf(bookingId: string, guestId: string, hostId: string): Booked {
  const total = { amount: 12_000, currency: 'EUR' }
  return {
    bookingId,
    roomId: `room of ${bookingId}`,
    roomName: 'Casa Azul',
    hostId,
    guestId,
    startDate: '2027-05-01',
    endDate: '2027-05-03',
    guests: 2,
    total,
    paymentId: `payment of ${bookingId}`,
    city: 'Lisbon',
    country: 'PT',
    timeZone: 'Europe/Lisbon',
    lines: [{ kind: 'NIGHTS', label: '2 nights', amount: total }],
    cancellationPolicy: 'FLEXIBLE',
    checkInTime: '15:00',
    checkOutTime: '11:00',
    bookedAt: '2027-02-28T12:00:00.000Z',
  }
}
