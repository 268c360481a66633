import { databaseEnv, eventEnv, readEnv, serviceEnv, serviceUrls } from '@myhotel/kit/env'
import { z } from 'zod'

const schema = z.object({
  ...serviceEnv,
  ...eventEnv,
  ...databaseEnv('SERVICECENTER'),
  BOOK_URL: serviceUrls.default('http://book:4000'),
  ROOM_URL: serviceUrls.default('http://room:4000'),
  /** Private key (JWK as JSON) with which servicecenter signs its calls; its `kid` is `servicecenter`. */
  IDENTITY_PRIVATE_KEY: z.string(),
})

export type Env = z.infer<typeof schema>

export const env: Env = readEnv(schema)
