import { databaseEnv, eventEnv, readEnv, serviceEnv } from '@myhotel/kit/env'
import { z } from 'zod'

const pushServices = [
  'https://fcm.googleapis.com',
  'https://*.push.services.mozilla.com',
  'https://*.push.apple.com',
  'https://*.notify.windows.com',
]

const schema = z
  .object({
    ...serviceEnv,
    ...eventEnv,
    ...databaseEnv('NOTIFICATION'),
    /** `smtp://user:password@host:port` or `smtps://…` */
    SMTP_URL: z.url({ protocol: /^smtps?$/ }),
    /** Mails that are sent at a time, each on a connection of its own. */
    MAIL_CONNECTIONS: z.coerce.number().int().min(1).max(100).default(10),
    MAIL_FROM: z.string().includes('@').default('MyHotel <no-reply@myhotel.example>'),
    /** Mail address of a user; `{user}` stands for the id, encoded. */
    MAIL_ADDRESS_TEMPLATE: z
      .string()
      .regex(/^[^@\s]*\{user\}[^@\s]*@[^@\s]+$/, 'must be like {user}@myhotel.example')
      .default('{user}@myhotel.example'),
    VAPID_PUBLIC_KEY: z.string().optional(),
    VAPID_PRIVATE_KEY: z.string().optional(),
    VAPID_SUBJECT: z.string().optional(),
    /** Origins to which push messages may be sent; `*` stands for any host below. */
    PUSH_SERVICES: z
      .string()
      .default(pushServices.join())
      .transform((list) => list.split(',')),
  })
  .transform((env, context) => ({ ...env, vapid: vapidOf(env, context) }))

/** Push is on when all three are there, off when none is. */
function vapidOf(
  env: { VAPID_PUBLIC_KEY?: string; VAPID_PRIVATE_KEY?: string; VAPID_SUBJECT?: string },
  context: z.RefinementCtx,
) {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject } = env
  if (publicKey && privateKey && subject) return { publicKey, privateKey, subject }
  if (publicKey || privateKey || subject) {
    context.addIssue('VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY and VAPID_SUBJECT go together')
  }
  return null
}

export type Env = z.infer<typeof schema>

export const env: Env = readEnv(schema)
