import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startSystem } from '../../tools/system/index.ts'
import { type Issuer, startIssuer } from './issuer.ts'

/** Where the one system is that all files of this suite attack. */
export type Target = { dataDir: string; router: string; issuer: Issuer }

declare module 'vitest' {
  interface ProvidedContext {
    target: Target
  }
}

/**
 * What a machine that is busy with a whole test run, or an attack that is over in seconds, must not be turned away for:
 * how much of it is let in is not what this suite is about. 0 is no limit.
 */
const unhurried = {
  RATE_LIMIT_USER: '0',
  RATE_LIMIT_ADDRESS: '0',
  RATE_LIMIT_MUTATIONS: '0',
  MAX_EVENT_LOOP_DELAY_MS: '60000',
  CONTRIBUTION_TIMEOUT_MS: '10000',
  // Requests that are written byte by byte name it.
  DEVELOPMENT_HOSTS: 'x',
}

/** With keys for push messages subscriptions are looked at; without, they are all refused. */
function pushKeys(): Record<string, string> {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return {
    VAPID_PUBLIC_KEY: point.toString('base64url'),
    VAPID_PRIVATE_KEY: d,
    VAPID_SUBJECT: 'mailto:security@myhotel.example',
  }
}

/**
 * What the router does in production, where the issuer would have to be reached by TLS; services are as in production
 * anyway.
 */
const asInProduction = { INTROSPECTION: 'false', PLAYGROUND: 'false' }

/** Starts the system, with an issuer of tokens of this suite. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'myhotel-security-'))
  const { issuer, close } = await startIssuer()
  const tidy = async () => {
    close()
    await rm(dataDir, { recursive: true, force: true })
  }
  const env = { TOKEN_ISSUER: issuer.url, ...asInProduction, ...unhurried, ...pushKeys() }
  const system = await startSystem({ dataDir, env }).catch(async (error: unknown) => {
    await tidy()
    throw error
  })
  provide('target', { dataDir, router: system.record.router, issuer })
  return async () => {
    await system.stopAll()
    await tidy()
  }
}
