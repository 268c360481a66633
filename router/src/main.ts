import { createLogger } from '@myhotel/kit/logger'
import { runService } from '@myhotel/kit/service'
import { compose } from './compose.ts'
import { readRouterEnv } from './env.ts'

const env = readRouterEnv()
const log = createLogger('router', env.LOG_LEVEL, { flushEveryMs: 100 })
await runService(log, await compose(env, log), env)
