import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import type { Mailbox } from './mailbox.ts'

/** Whether mail is taken; `reject` answers each one with a temporary failure (451). */
export type MailControl = { reject: boolean }

/** Takes mail for anyone from anyone, without authentication or TLS, and puts it into the mailbox. */
export async function serveSmtp(options: {
  port: number
  host: string
  mailbox: Mailbox
  control: MailControl
}): Promise<{ url: string; close: () => Promise<void> }> {
  const { mailbox, control } = options
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    // A name look-up of each client would only cost time: all of them are local.
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      const { mailFrom, rcptTo } = session.envelope
      const envelope = {
        from: mailFrom ? mailFrom.address : '',
        to: rcptTo.map(({ address }) => address),
      }
      buffer(stream)
        .then(async (source) => {
          if (control.reject)
            throw Object.assign(new Error('Switched on: try again later'), { responseCode: 451 })
          await mailbox.receive(envelope, source)
        })
        .then(() => done(), done)
    },
  })
  smtp.on('error', (error) => console.error(error))
  await new Promise<void>((resolve) => smtp.listen(options.port, options.host, resolve))
  return {
    url: `smtp://${options.host}:${(smtp.server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => smtp.close(resolve)),
  }
}
