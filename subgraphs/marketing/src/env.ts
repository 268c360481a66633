import { databaseEnv, eventEnv, readEnv, serviceEnv } from '@myhotel/kit/env'
import { z } from 'zod'

const schema = z.object({ ...serviceEnv, ...eventEnv, ...databaseEnv('MARKETING') })

export type Env = z.infer<typeof schema>
export const env = readEnv(schema)
