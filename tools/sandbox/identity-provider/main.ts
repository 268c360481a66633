import type { IncomingMessage, ServerResponse } from 'node:http'
import { readEnv } from '@myhotel/kit/env'
import { z } from 'zod'
import { listenEnv, log, serve } from '../http.ts'
import { openAccounts } from './accounts.ts'
import { openDatabase } from './database.ts'
import { exampleAccounts } from './development-accounts.ts'
import { developmentToken } from './development-token.ts'
import { createProvider } from './provider.ts'
import { createSignIn } from './sign-in.ts'
import { signingKey } from './signing-key.ts'

const env = readEnv(listenEnv.extend({ ISSUER_URL: z.url().optional(), NODE_ENV: z.string().optional() }))
if (env.NODE_ENV === 'production') {
  console.error('The identity provider gives tokens to anyone who asks: it does not run in production.')
  process.exit(1)
}

const key = await signingKey(env.DATA_DIR)
const database = openDatabase(env.DATA_DIR)
/** There once the port is known, and with it the name of the issuer. */
const openId = Promise.withResolvers<(request: IncomingMessage, response: ServerResponse) => Promise<void>>()

const url = await serve({
  port: env.PORT,
  host: env.HOST,
  routes: [
    { method: 'GET', path: '/dev/accounts', answer: () => ({ status: 200, body: exampleAccounts }) },
    {
      method: 'POST',
      path: '/dev/token',
      answer: async ({ body }) => ({ status: 200, body: await developmentToken(body, issuer(), key) }),
    },
  ],
  otherwise: async (request, response) => (await openId.promise)(request, response),
  onStop: async () => database.close(),
})

const accounts = openAccounts(database)
const provider = createProvider({ issuer: issuer(), key, accounts, database })
const signIn = createSignIn(provider, accounts)
const standard = provider.callback()
openId.resolve(async (request, response) => {
  if (!(await signIn(request, response))) await standard(request, response)
})
log('identity-provider', 'listening', { url, issuer: issuer() })

function issuer(): string {
  return env.ISSUER_URL ?? url
}
