import { paymentProviders } from '@myhotel/kit/charging'
import { databaseEnv, eventEnv, readEnv, serviceEnv, serviceUrls } from '@myhotel/kit/env'
import { z } from 'zod'

const schema = z.object({
  ...serviceEnv,
  ...eventEnv,
  ...databaseEnv('BOOK'),
  /** The provider that payment uses: what it can charge decides what is quoted and booked. */
  PAYMENT_PROVIDER: z.enum(paymentProviders).default('sandbox'),
  PAYMENT_URL: serviceUrls.default('http://payment:4000'),
  ROOM_URL: serviceUrls.default('http://room:4000'),
  /** Private key (JWK as JSON) with which book signs its calls; its `kid` is `book`. */
  IDENTITY_PRIVATE_KEY: z.string(),
  /** Approvals under way at most, before guests are asked to try again shortly. */
  PAYMENT_CONCURRENCY: z.coerce.number().int().min(1).default(256),
  /** Milliseconds after which another worker takes over an attempt. It must exceed the payment call's 3 s. */
  ATTEMPT_LEASE_MS: z.coerce.number().int().min(4_000).default(8_000),
  /** Milliseconds for which an attempt may hold nights without an outcome of its payment. */
  ATTEMPT_HOLD_MS: z.coerce.number().int().min(10_000).default(25_000),
  /** How often bookings are compared with payments, in milliseconds. */
  RECONCILE_EVERY_MS: z.coerce.number().int().min(1_000).default(60_000),
})

export type Env = z.infer<typeof schema>

export const env: Env = readEnv(schema)
