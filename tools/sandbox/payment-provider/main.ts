import { join } from 'node:path'
import { readEnv } from '@myhotel/kit/env'
import { listenEnv, log, serve } from '../http.ts'
import { Control } from './control.ts'
import { Ledger } from './ledger.ts'
import { providerRoutes } from './routes.ts'

const env = readEnv(listenEnv)
const ledger = await Ledger.open(join(env.DATA_DIR, 'ledger.jsonl'))
const url = await serve({
  port: env.PORT,
  host: env.HOST,
  routes: providerRoutes(ledger, new Control()),
  onStop: () => ledger.close(),
})
log('payment-provider', 'listening', { url })
