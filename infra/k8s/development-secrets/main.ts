import { readFileSync } from 'node:fs'
import { readEnv } from '@myhotel/kit/env'
import { z } from 'zod'
import { createApi, type Keep } from './api.ts'
import { createFolder } from './folder.ts'
import { keepSecrets } from './secrets.ts'

/** Where a pod finds what it may do. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

const ofCluster = z.object({
  KUBERNETES_SERVICE_HOST: z.string(),
  KUBERNETES_SERVICE_PORT: z.string(),
  NAMESPACE: z.string(),
  /** Names of the variables in the Secret of each workload, as JSON. */
  WANTED_SECRETS_FILE: z.string(),
})
const ofFolder = z.object({
  /** A folder in which they are kept, where there is no cluster. */
  KEEP_SECRETS_IN: z.string(),
  /** What is in WANTED_SECRETS_FILE on a cluster. */
  WANTED_SECRETS: z.string(),
})

const { keep, wanted } = process.env.KEEP_SECRETS_IN ? inFolder() : inCluster()
const names = z.record(z.string(), z.array(z.string()))
await keepSecrets(keep, names.parse(JSON.parse(wanted)))
console.log('The Secrets and identity-keys are there.')

function inFolder(): { keep: Keep; wanted: string } {
  const env = readEnv(ofFolder)
  return { keep: createFolder(env.KEEP_SECRETS_IN), wanted: env.WANTED_SECRETS }
}

function inCluster(): { keep: Keep; wanted: string } {
  const env = readEnv(ofCluster)
  const host = env.KUBERNETES_SERVICE_HOST
  const keep = createApi({
    server: `https://${host.includes(':') ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT}`,
    token: readFileSync(`${ACCOUNT}/token`, 'utf8').trim(),
    namespace: env.NAMESPACE,
  })
  return { keep, wanted: readFileSync(env.WANTED_SECRETS_FILE, 'utf8') }
}
