import { readFileSync } from 'node:fs'
import { readEnv } from '@myhotel/kit/env'
import { z } from 'zod'
import { createApi } from './api.ts'
import { keepSecrets } from './secrets.ts'

/** Where a pod finds what it may do. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

const env = readEnv(
  z.object({
    KUBERNETES_SERVICE_HOST: z.string(),
    KUBERNETES_SERVICE_PORT: z.string(),
    NAMESPACE: z.string(),
    /** Names of the variables in the Secret of each workload, as JSON. */
    WANTED_SECRETS_FILE: z.string(),
  }),
)

const host = env.KUBERNETES_SERVICE_HOST
const keep = createApi({
  server: `https://${host.includes(':') ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT}`,
  token: readFileSync(`${ACCOUNT}/token`, 'utf8').trim(),
  namespace: env.NAMESPACE,
})
const wanted = z.record(z.string(), z.array(z.string()))
await keepSecrets(keep, wanted.parse(JSON.parse(readFileSync(env.WANTED_SECRETS_FILE, 'utf8'))))
console.log('The Secrets and identity-keys are there.')
