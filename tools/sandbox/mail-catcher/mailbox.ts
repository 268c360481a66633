import { randomUUID } from 'node:crypto'
import { simpleParser } from 'mailparser'

/** A mail as it was received. */
export type Mail = {
  id: string
  receivedAt: string
  from: string
  /** Everyone it was delivered to, as the SMTP envelope says. */
  to: string[]
  subject: string
  text: string
  html: string
  /** Lower-case name to value; of a repeated header the last one. */
  headers: Record<string, string>
  /** The whole mail as it came, one character for each byte. */
  source: string
}

/** The newest mails, in memory: a restart begins with an empty box. */
export class Mailbox {
  #limit: number
  #mails = new Map<string, Mail>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Parses and keeps a mail; the oldest one goes when the box is full. */
  async receive(envelope: { from: string; to: string[] }, source: Buffer): Promise<void> {
    const parsed = await simpleParser(source)
    const mail: Mail = {
      id: randomUUID(),
      receivedAt: new Date().toISOString(),
      ...envelope,
      subject: parsed.subject ?? '',
      text: parsed.text ?? '',
      html: parsed.html || '',
      headers: Object.fromEntries(
        parsed.headerLines.map(({ key, line }) => [key, line.slice(key.length + 1).trim()]),
      ),
      source: source.toString('latin1'),
    }
    this.#mails.set(mail.id, mail)
    if (this.#mails.size <= this.#limit) return
    const oldest = this.#mails.keys().next().value
    if (oldest !== undefined) this.#mails.delete(oldest)
  }

  /** Newest first. `to` is a whole address, `subject` a part of it; both without regard to case. */
  find(filter: { to?: string | null; subject?: string | null }): Mail[] {
    const to = filter.to?.toLowerCase()
    const subject = filter.subject?.toLowerCase()
    return [...this.#mails.values()]
      .filter((mail) => to === undefined || mail.to.some((address) => address.toLowerCase() === to))
      .filter((mail) => subject === undefined || mail.subject.toLowerCase().includes(subject))
      .reverse()
  }

  get(id: string): Mail | undefined {
    return this.#mails.get(id)
  }

  clear(): void {
    this.#mails.clear()
  }
}
