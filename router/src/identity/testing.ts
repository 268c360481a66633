import type { Logger } from '@myhotel/kit/logger'
import { createTestLog, eventually } from '@myhotel/kit/testing'
import { type Cleanup, startIssuer } from '../testing.ts'
import type { TokenRules } from './access-token.ts'
import { createUsers, type Users } from './users.ts'

export const rules: TokenRules = {
  audiences: ['myhotel'],
  audienceClaim: 'aud',
  type: null,
  rolesClaim: 'roles',
}

export const refused = { status: 401, code: 'UNAUTHENTICATED' }
export const away = { status: 503, code: 'SERVICE_UNAVAILABLE' }

export const areReady = (users: Users) => eventually(() => users.ready?.().then(() => true))

/** An issuer, and how to start users who know its keys. */
export async function startIdentity(cleanup: Cleanup) {
  const issuer = await startIssuer(cleanup)

  async function startUsers(options: { issuer?: string; log?: Logger; token?: Partial<TokenRules> } = {}) {
    const users = createUsers({
      issuer: issuer.url,
      log: createTestLog().log,
      ...options,
      token: { ...rules, ...options.token },
    })
    await users.start?.({ check: async () => ({ ready: true, parts: {} }) })
    cleanup.add(() => users.stop?.())
    return users
  }

  return {
    issuer,
    startUsers,
    async startReadyUsers(options?: Parameters<typeof startUsers>[0]) {
      const users = await startUsers(options)
      await areReady(users)
      return users
    },
  }
}
