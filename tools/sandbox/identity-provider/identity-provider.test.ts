import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'

const main = 'tools/sandbox/identity-provider/main.ts'
let dataDir: string
let issuer: TestProcess

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'identity-provider-'))
  issuer = await startProcess(main, { DATA_DIR: dataDir })
})
afterAll(async () => {
  await issuer.stop()
  await rm(dataDir, { recursive: true })
})

const askToken = (account: string) =>
  fetch(`${issuer.url}/dev/token`, { method: 'POST', body: JSON.stringify({ account }) })

async function tokenOf(account: string): Promise<string> {
  const { access_token } = (await (await askToken(account)).json()) as { access_token: string }
  return access_token
}

/** Verifies as the router does: by the issuer's discovery document. */
async function verify(token: string) {
  const discovery = (await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json()) as {
    issuer: string
    jwks_uri: string
  }
  const keys = createRemoteJWKSet(new URL(discovery.jwks_uri))
  return jwtVerify(token, keys, { issuer: discovery.issuer, audience: 'myhotel', algorithms: ['EdDSA'] })
}

test.each([
  ['guest7', ['guest']],
  ['host12', ['guest', 'host']],
  ['agent1', ['agent']],
])('%s gets a token for 12 hours with its roles', async (account, roles) => {
  const { payload } = await verify(await tokenOf(account))
  expect(payload).toMatchObject({ sub: account, roles })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(12 * 60 * 60)
})

test.each(['guest', 'admin1', 'guest1x', 'Guest1', ''])('nobody is called %j', async (account) => {
  expect((await askToken(account)).status).toBe(400)
})

test('publishes no private key, and tokens outlive a restart', async () => {
  const { keys } = (await (await fetch(`${issuer.url}/jwks`)).json()) as { keys: object[] }
  expect(keys).toHaveLength(1)
  expect(keys[0]).not.toHaveProperty('d')

  const token = await tokenOf('guest1')
  const { url } = issuer
  await issuer.stop('SIGKILL')
  issuer = await startProcess(main, { DATA_DIR: dataDir, ISSUER_URL: url })
  const discovery = await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json()
  expect(discovery).toMatchObject({ issuer: url })
  const published = createRemoteJWKSet(new URL(`${issuer.url}/jwks`))
  expect((await jwtVerify(token, published, { issuer: url })).payload.sub).toBe('guest1')
})

test('refuses to run in production', async () => {
  await expect(startProcess(main, { DATA_DIR: dataDir, NODE_ENV: 'production' })).rejects.toThrow(
    'exited with 1',
  )
})

test.each(['/dev/token', '/dev/accounts', '/.well-known/openid-configuration', '/livez'])(
  '%s is not for pages whose name was made to point here',
  async (path) => {
    const status = await new Promise((resolve, reject) => {
      request(issuer.url + path, { headers: { host: 'evil.example' } }, (answer) =>
        resolve(answer.resume().statusCode),
      )
        .on('error', reject)
        .end()
    })
    expect(status).toBe(421)
  },
)
