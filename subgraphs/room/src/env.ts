import { paymentProviders } from '@myhotel/kit/charging'
import { databaseEnv, eventEnv, poolSize, readEnv, serviceEnv, serviceUrls } from '@myhotel/kit/env'
import { z } from 'zod'

const schema = z.object({
  ...serviceEnv,
  ...eventEnv,
  ...databaseEnv('ROOM'),
  /** Connections of the pool for searches, which is another one; 10 unless told. */
  ROOM_SEARCH_CONNECTIONS: poolSize.optional(),
  /** The provider that payment uses: rooms are offered at prices that it can charge. */
  PAYMENT_PROVIDER: z.enum(paymentProviders).default('sandbox'),
  /** Base URL of book, which is asked for bookings to come before a host deletes a room. */
  BOOK_URL: serviceUrls.default('http://book:4000'),
  /** Private key (JWK as JSON) with which room signs its calls; its `kid` is `room`. */
  IDENTITY_PRIVATE_KEY: z.string(),
})

const mendSchema = schema.pick({ ROOM_DATABASE_URL: true })

export type Env = z.infer<typeof schema>
export type MendEnv = z.infer<typeof mendSchema>

export const readServiceEnv = (): Env => readEnv(schema)
/** What mending rooms needs of it. */
export const readMendEnv = (): MendEnv => readEnv(mendSchema)
