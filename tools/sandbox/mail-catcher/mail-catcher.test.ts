import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Mail } from './mailbox.ts'

let catcher: TestProcess
const main = 'tools/sandbox/mail-catcher/main.ts'

beforeAll(async () => {
  catcher = await startProcess(main, { DATA_DIR: tmpdir() })
})
beforeEach(async () => {
  await fetch(`${catcher.url}/messages`, { method: 'DELETE' })
})
afterAll(async () => {
  expect(await catcher.stop()).toBe(0)
})

/** Speaks SMTP as far as one mail needs it; resolves to the server's answer to the mail. */
async function send(to: string, subject: string, text: string): Promise<string> {
  const { hostname, port } = new URL(String(catcher.listening.smtpUrl))
  const socket = connect(Number(port), hostname)
  const replies = createInterface(socket)[Symbol.asyncIterator]()
  const reply = async () => {
    for (;;) {
      const line = String((await replies.next()).value)
      if (line[3] === ' ') return line
    }
  }
  await reply()
  for (const command of ['EHLO test', 'MAIL FROM:<hotel@example.com>', `RCPT TO:<${to}>`, 'DATA']) {
    socket.write(`${command}\r\n`)
    await reply()
  }
  socket.write(`Subject: ${subject}\r\nTo: ${to}\r\nX-Notification: n1\r\n\r\n${text}\r\n.\r\n`)
  const answer = await reply()
  socket.end('QUIT\r\n')
  return answer
}

const find = async (query = '') => (await (await fetch(`${catcher.url}/messages${query}`)).json()) as Mail[]

test('keeps what it is sent, newest first, found by recipient and subject', async () => {
  expect(await send('guest1@example.com', 'Your booking', 'See you soon.')).toMatch(/^250/)
  await send('host1@example.com', 'A new booking', 'A guest is coming.')

  expect((await find()).map(({ subject }) => subject)).toEqual(['A new booking', 'Your booking'])
  expect(await find('?to=GUEST1@example.com&subject=your')).toEqual([
    expect.objectContaining({
      from: 'hotel@example.com',
      to: ['guest1@example.com'],
      subject: 'Your booking',
      text: 'See you soon.\n',
      headers: expect.objectContaining({ 'x-notification': 'n1' }),
    }),
  ])
  expect(await find('?to=guest')).toEqual([])
  const [mail] = await find('?subject=your')
  expect(await (await fetch(`${catcher.url}/messages/${mail?.id}`)).json()).toEqual(mail)
  expect((await fetch(`${catcher.url}/messages/unknown`)).status).toBe(404)
})

test('shows the mails on a page, markup as text', async () => {
  await send('guest1@example.com', '<script>alert(1)</script>', 'Hello')
  const html = await (await fetch(catcher.url)).text()
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(html).not.toContain('<script>')
})

test('shows an encoded subject as the reader of a mail would, and what only looks encoded in it as it is', async () => {
  const subject = 'Cosy =?UTF-8?B?4oCuZXZpbA==?= 바다'
  await send('guest1@example.com', `=?UTF-8?B?${Buffer.from(subject).toString('base64')}?=`, 'Hello')
  expect((await find())[0]?.subject).toBe(subject)
  expect(await (await fetch(catcher.url)).text()).toContain(`>${subject}<`)
})

test('can be told to refuse mail for a while', async () => {
  const reject = (value: boolean) =>
    fetch(`${catcher.url}/control`, { method: 'PUT', body: JSON.stringify({ reject: value }) })
  await reject(true)
  expect(await send('guest1@example.com', 'Refused', '')).toMatch(/^451/)
  await reject(false)
  expect(await send('guest1@example.com', 'Taken', '')).toMatch(/^250/)
  expect((await find()).map(({ subject }) => subject)).toEqual(['Taken'])
})
