import { Agent, fetch } from 'undici'
import { lookupOnce } from './lookup.ts'

const dispatcher = new Agent({ connect: { lookup: lookupOnce } })

/** Access tokens of development accounts (`guest1`, `host1`), each asked for once. */
export function createTokens(issuer: string) {
  const tokens = new Map<string, Promise<string>>()

  async function request(account: string): Promise<string> {
    const response = await fetch(new URL('/dev/token', issuer), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account }),
      signal: AbortSignal.timeout(10_000),
      dispatcher,
    })
    const { access_token: token } = (await response.json()) as { access_token?: string }
    if (!token) throw new Error(`The issuer ${issuer} gives no token for ${account}: ${response.status}`)
    return token
  }

  return {
    /** @throws where the issuer gives none: without users nothing can be proven */
    of(account: string): Promise<string> {
      const token = tokens.get(account) ?? request(account)
      tokens.set(account, token)
      return token
    },
  }
}
