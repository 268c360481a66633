import { createLogger } from '@myhotel/kit/logger'
import { runService } from '@myhotel/kit/service'
import { compose } from './compose.ts'
import { env } from './env.ts'

const log = createLogger('book', env.LOG_LEVEL)
await runService(log, await compose(env, log), env)
