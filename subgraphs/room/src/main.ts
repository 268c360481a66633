import { createLogger } from '@myhotel/kit/logger'
import { runService } from '@myhotel/kit/service'
import { compose } from './compose.ts'
import { readServiceEnv } from './env.ts'

const env = readServiceEnv()
const log = createLogger('room', env.LOG_LEVEL)
await runService(log, await compose(env, log), env)
