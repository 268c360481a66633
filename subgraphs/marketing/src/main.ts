import { createLogger } from '@myhotel/kit/logger'
import { runService } from '@myhotel/kit/service'
import { compose } from './compose.ts'
import { env } from './env.ts'

const log = createLogger('marketing', env.LOG_LEVEL)
await runService(log, compose(env, log), env)
