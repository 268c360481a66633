import { createTransport } from 'nodemailer'
import type { AddressBook, Carrier } from '../application/ports.ts'
import { literalHeader } from './mail-header.ts'

/**
 * Sends mail by SMTP over a few connections that stay open. A delivery has the same Message-ID however often it is
 * tried, so that a mailbox can drop what it has. What the server refuses for good (5xx) for this recipient or
 * message is unreachable; all else may work later.
 */
export function mailCarrier(options: {
  smtpUrl: string
  from: string
  connections: number
  addresses: AddressBook
}): Carrier {
  const transport = createTransport({
    url: options.smtpUrl,
    pool: true,
    maxConnections: options.connections,
    // The worker decides when to try again.
    maxRequeues: 0,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([^\s>]+)/.exec(options.from)?.[1] ?? 'localhost'

  return {
    channel: 'EMAIL',
    async deliver({ notificationId, sentAt, message }) {
      const address = options.addresses.mailAddressOf(message.recipientId)
      if (!address) return { kind: 'unreachable', why: 'the user has no mail address' }
      try {
        await transport.sendMail({
          messageId: `<${notificationId}@${domain}>`,
          date: sentAt,
          from: options.from,
          to: { name: '', address },
          text: message.body,
          headers: {
            Subject: literalHeader(message.title),
            'X-Notification-Kind': message.kind,
            'Auto-Submitted': 'auto-generated',
          },
        })
        return { kind: 'delivered' }
      } catch (error) {
        return { kind: isForGood(error) ? 'unreachable' : 'failed', why: String(error) }
      }
    },
    async close() {
      transport.close()
    },
  }
}

/** Refusals of the sender's log-in are the operator's to repair, and concern no single mail. */
function isForGood(error: unknown): boolean {
  const { code, responseCode } = error as { code?: string; responseCode?: number }
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500
}
