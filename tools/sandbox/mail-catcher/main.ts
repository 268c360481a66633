import { readEnv } from '@myhotel/kit/env'
import { z } from 'zod'
import { HttpError, listenEnv, log, parse, serve } from '../http.ts'
import { Mailbox } from './mailbox.ts'
import { page } from './page.ts'
import { type MailControl, serveSmtp } from './smtp.ts'

const env = readEnv(listenEnv.extend({ SMTP_PORT: z.coerce.number().int().min(0).max(65535).default(0) }))
const mailbox = new Mailbox(10_000)
const control: MailControl = { reject: false }
const smtp = await serveSmtp({ port: env.SMTP_PORT, host: env.HOST, mailbox, control })

const url = await serve({
  port: env.PORT,
  host: env.HOST,
  onStop: smtp.close,
  routes: [
    { method: 'GET', path: '/', answer: () => ({ status: 200, body: page(mailbox.find({}).slice(0, 200)) }) },
    {
      method: 'GET',
      path: '/messages',
      answer: ({ query }) => ({
        status: 200,
        body: mailbox.find({ to: query.get('to') ?? undefined, subject: query.get('subject') ?? undefined }),
      }),
    },
    {
      method: 'GET',
      path: '/messages/:id',
      answer: ({ params }) => {
        const mail = mailbox.get(params.id ?? '')
        if (!mail) throw new HttpError(404, { error: { code: 'not_found', message: 'no such mail' } })
        return { status: 200, body: mail }
      },
    },
    {
      method: 'DELETE',
      path: '/messages',
      answer: () => {
        mailbox.clear()
        return { status: 204 }
      },
    },
    { method: 'GET', path: '/control', answer: () => ({ status: 200, body: control }) },
    {
      method: 'PUT',
      path: '/control',
      answer: ({ body }) => {
        control.reject = parse(z.object({ reject: z.boolean() }), body).reject
        return { status: 200, body: control }
      },
    },
  ],
})
log('mail-catcher', 'listening', { url, smtpUrl: smtp.url })
