import {
  array,
  asyncProperty,
  assert as check,
  constantFrom,
  oneof,
  property,
  sample,
  string,
  tuple,
} from 'fast-check'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bookedMessage } from '../domain/stay-messages.ts'
import { oneLine } from '../domain/wording.ts'
import { templateAddressBook } from './address-book.ts'
import { priced } from './event-consumer.ts'
import { mailCarrier } from './mail-carrier.ts'
import { literalHeader } from './mail-header.ts'
import { bookingOf, type Mail, messageTo, startMailCatcher } from './testing.ts'

let catcher: Awaited<ReturnType<typeof startMailCatcher>>
let carrier: ReturnType<typeof mailCarrier>
const addresses = templateAddressBook('{user}@myhotel.example')

beforeAll(async () => {
  catcher = await startMailCatcher()
  const from = 'MyHotel <hotel@myhotel.example>'
  carrier = mailCarrier({ smtpUrl: catcher.smtpUrl, from, connections: 2, addresses })
})
afterAll(async () => {
  await carrier?.close()
  await catcher?.stop()
})

/** Names that a reader of mail could take for something else than what they say. */
const names = [
  'Cosy =?UTF-8?B?4oCuZXZpbA==?=',
  '=?utf-8?q?=E2=80=AE_evil?=',
  '=?iso-8859-1?Q?a?= =?iso-8859-1?Q?b?=',
  '=?UTF-8?Q?half',
  'half?= of a word',
  'a=?us-ascii?q?b?=c',
  '=?utf-8*en?Q?language?=',
  '=?x-unknown?B?AAAA?=',
  '=?UTF-8?Q?with a space?=',
  '=?utf-7?Q?+AGE-?=',
  '(=?UTF-8?B?YQ==?=)',
  '"=?UTF-8?B?YQ==?=" <eve@evil.example>',
  'two  spaces,   three',
  'no\u00a0break\u3000wide',
  '바다 전망이 있는 방 🏖️👩‍👩‍👧',
  '海'.repeat(200),
  '👩‍👩‍👧'.repeat(25),
  'A'.repeat(200),
  `${'long word '.repeat(19)}end`,
  '=_?.=?=?=',
  'שלום\u200f!',
  'مرحبا \u200eABC',
  'e\u0301 and é stay two',
  'Subject: x, Bcc: y@z.example',
  '%E2%80%AE &lt;b&gt; \\u202e',
]

/** Sends a mail about a room of that name, and reads it by two programs: mailparser (the catcher) and postal-mime. */
async function sent(title: string, body: string, recipientId: string) {
  const message = messageTo(recipientId, { title, body })
  const delivery = { notificationId: `n-${recipientId}`, channel: 'EMAIL' as const, attempt: 1, under: null }
  expect(await carrier.deliver({ ...delivery, sentAt: new Date(), message })).toEqual({ kind: 'delivered' })
  const [mail] = await catcher.mailTo(`${recipientId}@myhotel.example`)
  const { source, subject, text } = mail as Mail
  const {
    subject: alsoSubject,
    text: alsoText,
    headers,
  } = await PostalMime.parse(Buffer.from(source, 'latin1'))
  const lines = source.slice(0, source.indexOf('\r\n\r\n')).split('\r\n')
  return { subject, text, alsoSubject, alsoText, headers: headers.map(({ key }) => key).sort(), lines }
}

const usualHeaders = [
  ...[
    'auto-submitted',
    'content-transfer-encoding',
    'content-type',
    'date',
    'from',
    'message-id',
    'mime-version',
  ],
  ...['subject', 'to', 'x-notification-kind'],
]

it.each(names.map((name, index) => [name, index] as const))(
  'the name %j reads literally',
  async (name, index) => {
    const message = bookedMessage(priced({ ...bookingOf('b1', 'anna', 'host1'), roomName: name }))
    expect(message.title, 'the message shortens and changes nothing').toBe(`You are booked: ${name}`)
    const read = await sent(message.title, message.body, `literal${index}`)
    expect(read).toMatchObject({ subject: message.title, alsoSubject: message.title, headers: usualHeaders })
    expect(read.text.trimEnd()).toBe(message.body)
    expect(read.alsoText?.trimEnd()).toBe(message.body)
    expect(Math.max(...read.lines.map((line) => line.length)), 'its longest line').toBeLessThanOrEqual(76)
  },
)

/** Texts of pieces of encoded words, of whole ones, and of any characters. */
const hostile = array(
  oneof(
    constantFrom(
      '=?',
      '?=',
      '=?UTF-8?B?',
      '=?utf-8?q?',
      '?Q?',
      '?b?',
      'YQ==',
      '=41',
      '_',
      '=',
      '?',
      ' ',
      '  ',
    ),
    constantFrom('\t', '\r\n', '\0', '\u202e', '\u2066', '\u200f', '\u2028', '"', '<a@b>', ',', ';', '\\'),
    tuple(constantFrom('utf-8', 'ISO-8859-1', 'utf-16', 'x'), constantFrom('B', 'q'), string()).map(
      ([charset, how, text]) => `=?${charset}?${how}?${text}?=`,
    ),
    string({ unit: 'binary', maxLength: 80 }),
    string({ unit: 'grapheme', maxLength: 80 }),
  ),
  { minLength: 1, maxLength: 8 },
)
  .map((pieces) => oneLine(pieces.join('').toWellFormed(), 400))
  .filter((text) => text !== '')

it('any text reads literally in a header, for every reader', async () => {
  const decoded = async (header: string) => (await PostalMime.parse(`Subject: ${header}\r\n\r\n`)).subject
  await check(
    asyncProperty(hostile, async (text) => {
      const { value } = literalHeader(text)
      expect(await decoded(value)).toBe(text)
      for (const word of value.split(' ').filter((word) => word.startsWith('=?')))
        expect(word).toMatch(/^=\?UTF-8\?B\?[A-Za-z0-9+/=]{1,63}\?=$/)
    }),
    { numRuns: 500 },
  )
  check(property(hostile, (text) => !/[^\x20-\x7e]/.test(literalHeader(text).value)))
})

it('any text reads literally when it was sent', async () => {
  for (const [index, text] of sample(hostile, 60).entries()) {
    const read = await sent(text, `About ${text}`, `any${index}`)
    expect(read).toMatchObject({ subject: text, alsoSubject: text, headers: usualHeaders })
    expect(read.text.trimEnd(), JSON.stringify(text)).toBe(`About ${text}`.trimEnd())
  }
})
