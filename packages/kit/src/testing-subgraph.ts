import { createServer } from 'node:net'
import type { ServiceEnv } from './env.ts'
import type { Part } from './service.ts'
import { createTestIdentities } from './testing.ts'

/** Who asks in a test: a user, whom the router vouches for, or another service by its name; else nobody known. */
export type TestCaller = { readonly user: string; readonly roles: readonly string[] } | { service: string }

/** The answer to one GraphQL request. */
export type TestAnswer<Data> = {
  readonly status: number
  readonly headers: Headers
  readonly data: Data | null
  readonly errors?: { message: string; path?: unknown[]; extensions: { code: string } }[]
  readonly extensions?: Record<string, unknown>
}

/** A TCP port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (!address || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/**
 * Runs a subgraph in the test's process, as `main.ts` would: `compose` is given the environment that all services
 * have. The subgraph trusts identities of the test: `router` and those named in `services`.
 */
export async function startSubgraph(
  name: string,
  compose: (env: ServiceEnv) => readonly Part[] | Promise<readonly Part[]>,
  services: readonly string[] = [],
) {
  const identities = await createTestIdentities('router', ...services)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env: ServiceEnv = {
    ...{ PORT: port, HOST: '127.0.0.1', MANAGEMENT_PORT: 0, DRAIN_MS: 0, CONNECTION_MAX_AGE_MS: 60_000 },
    ...{ LOG_LEVEL: 'silent', IDENTITY_KEYS: identities.keys },
  }
  const parts = await compose(env)
  for (const part of parts) await part.start?.({ check: async () => ({ ready: true, parts: {} }) })

  function token(caller?: TestCaller) {
    if (caller && 'service' in caller) return identities.signer(caller.service)(name)
    const user = caller ? { subject: caller.user, roles: caller.roles } : { subject: null, roles: [] }
    return identities.signer('router')(name, user)
  }

  return {
    url,
    /** Asks the subgraph directly, with the token that it would be given. */
    async ask<Data = Record<string, unknown>>(
      query: string,
      variables: object = {},
      caller?: TestCaller,
      headers: Record<string, string> = {},
    ): Promise<TestAnswer<Data>> {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${await token(caller)}`,
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      })
      const answer = (await response.json()) as Pick<TestAnswer<Data>, 'data' | 'errors' | 'extensions'>
      return { status: response.status, headers: response.headers, ...answer }
    },
    async stop() {
      for (const part of parts.toReversed()) await part.stop?.()
    },
  }
}
