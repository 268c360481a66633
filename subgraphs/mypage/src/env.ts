import { eventEnv, readEnv, redisUrl, serviceEnv } from '@myhotel/kit/env'
import { z } from 'zod'

const redisEnv = { REDIS_URL: redisUrl.default('redis://127.0.0.1:6379') }

const schema = z.object({ ...serviceEnv, ...eventEnv, ...redisEnv })
const rebuildSchema = z.object({ LOG_LEVEL: serviceEnv.LOG_LEVEL, ...eventEnv, ...redisEnv })

export type Env = z.infer<typeof schema>
export type RebuildEnv = z.infer<typeof rebuildSchema>

export const readServiceEnv = () => readEnv(schema)
/** What a rebuild needs of it. */
export const readRebuildEnv = () => readEnv(rebuildSchema)
