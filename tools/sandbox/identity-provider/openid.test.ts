import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVerifier } from '@myhotel/kit/identity'
import { createTestIdentities, eventually } from '@myhotel/kit/testing'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import * as openid from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from './testing-browser.ts'
import { beginSignIn, webClient } from './testing-client.ts'

/**
 * A certified client signs users in at the issuer, and the router lets them in. Behind the router one stand-in answers
 * for a subgraph and tells whom the router vouched for.
 */
const main = 'tools/sandbox/identity-provider/main.ts'
let dataDir: string
let issuer: TestProcess
let router: TestProcess
let config: openid.Configuration
const stop: (() => unknown)[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'identity-provider-'))
  issuer = await startProcess(main, { DATA_DIR: dataDir })
  const identities = await createTestIdentities('router')
  const verify = createVerifier('notification', identities.keys)
  const subgraph = createServer(async (request, response) => {
    const caller = await verify(request.headers.authorization?.slice('Bearer '.length) ?? '')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data: { pushKey: JSON.stringify(caller) } }))
  })
  await new Promise<void>((resolve) => subgraph.listen(0, '127.0.0.1', resolve))
  stop.push(
    () => subgraph.closeAllConnections(),
    () => subgraph.close(),
  )
  router = await startProcess('router/src/main.ts', {
    TOKEN_ISSUER: issuer.url,
    TOKEN_TYPE: 'at+jwt',
    IDENTITY_PRIVATE_KEY: identities.privateKey('router'),
    NOTIFICATION_URL: `http://127.0.0.1:${(subgraph.address() as AddressInfo).port}`,
  })
  config = await webClient(issuer.url)
  // The router learns the issuer's keys by itself.
  const { access_token } = await openid.clientCredentialsGrant(await backOffice())
  await eventually(async () => (await ask(access_token)).status === 200)
})
afterAll(async () => {
  await router?.stop()
  expect(await issuer?.stop()).toBe(0)
  for (const end of stop) end()
  await rm(dataDir, { recursive: true })
})

/** Asks the router; gives whom it vouched for. */
async function ask(token: string) {
  const response = await fetch(`${router.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ pushKey }' }),
  })
  const { data } = (await response.json()) as { data?: { pushKey: string } }
  return { status: response.status, caller: data && JSON.parse(data.pushKey) }
}

const backOffice = () =>
  openid.discovery(new URL(issuer.url), 'myhotel-backoffice', 'backoffice-secret-of-development', undefined, {
    execute: [openid.allowInsecureRequests],
  })

async function signIn(name: string, browser = openBrowser(issuer.url)) {
  const { page, redeem } = await beginSignIn(config, browser)
  return redeem(await browser.submit(page, { name, password: name }))
}

test('a development account signs in, and the router knows it', async () => {
  const tokens = await signIn('host12')
  expect(tokens.claims()).toMatchObject({ sub: 'host12', preferred_username: 'host12', aud: 'myhotel-web' })
  expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'EdDSA' })
  const claims = decodeJwt(tokens.access_token)
  expect(claims).toMatchObject({ iss: issuer.url, aud: 'myhotel', client_id: 'myhotel-web', sub: 'host12' })
  expect(Number(claims.exp) - Number(claims.iat)).toBe(15 * 60)
  expect(await ask(tokens.access_token)).toEqual({
    status: 200,
    caller: { subject: 'host12', roles: ['guest', 'host'], issuer: 'router' },
  })
  expect(await ask(String(tokens.id_token)), 'an ID token lets nobody in').toMatchObject({ status: 401 })
  expect(await ask(String(tokens.refresh_token))).toMatchObject({ status: 401 })
})

test.each([
  [{}, ['guest']],
  [{ host: 'on' }, ['guest', 'host']],
])('somebody new makes an account (%j) and is signed in by it', async (ticked, roles) => {
  const browser = openBrowser(issuer.url)
  const name = `mary-${roles.length}`
  const { page, redeem } = await beginSignIn(config, browser)
  const signUp = await browser.open(/href="([^"]*sign-up)"/.exec(page.html)?.[1] ?? '')
  const tokens = await redeem(await browser.submit(signUp, { name, password: 'correct horse', ...ticked }))
  expect((await ask(tokens.access_token)).caller).toMatchObject({ subject: name, roles })

  const elsewhere = openBrowser(issuer.url)
  const again = await beginSignIn(config, elsewhere)
  const wrong = await elsewhere.submit(again.page, { name, password: 'wrong horse' })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toContain('role="alert"')
  const back = await again.redeem(await elsewhere.submit(wrong, { name, password: 'correct horse' }))
  expect(back.claims()).toMatchObject({ sub: name, roles })
})

test('who is signed in is not asked again, unless the application says so', async () => {
  const browser = openBrowser(issuer.url)
  await signIn('guest3', browser)
  const second = await beginSignIn(config, browser)
  expect((await second.redeem(second.page)).claims()).toMatchObject({ sub: 'guest3' })
  const asked = await beginSignIn(config, browser, { prompt: 'login', login_hint: 'host"3' })
  expect(asked.page.html).toContain('value="host&quot;3"')
})

test('a refresh token is good once; used twice it ends the grant', async () => {
  const first = await signIn('guest4')
  const second = await openid.refreshTokenGrant(config, String(first.refresh_token))
  expect(second.refresh_token).not.toBe(first.refresh_token)
  expect((await ask(second.access_token)).caller).toMatchObject({ subject: 'guest4', roles: ['guest'] })
  const refusedOnce = openid.refreshTokenGrant(config, String(first.refresh_token))
  await expect(refusedOnce).rejects.toMatchObject({ error: 'invalid_grant' })
  const refusedTwice = openid.refreshTokenGrant(config, String(second.refresh_token))
  await expect(refusedTwice).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('signing out ends the session and its refresh tokens', async () => {
  const browser = openBrowser(issuer.url)
  const tokens = await signIn('guest5', browser)
  const question = await browser.open(
    openid.buildEndSessionUrl(config, {
      id_token_hint: String(tokens.id_token),
      post_logout_redirect_uri: 'http://127.0.0.1:54321/',
      state: 'bye',
    }),
  )
  expect(question.html).toContain('Sign out?')
  const done = await browser.submit(question, { logout: 'yes' })
  expect(done.url.href).toBe('http://127.0.0.1:54321/?state=bye')
  await expect(openid.refreshTokenGrant(config, String(tokens.refresh_token))).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  expect((await beginSignIn(config, browser)).page.html, 'asks who it is').toContain('Sign in')
})

test('a service signs in for itself', async () => {
  const { access_token } = await openid.clientCredentialsGrant(await backOffice())
  expect(await ask(access_token)).toEqual({
    status: 200,
    caller: { subject: 'myhotel-backoffice', roles: ['agent'], issuer: 'router' },
  })
})

test('accounts, sessions and refresh tokens outlive a kill', async () => {
  const browser = openBrowser(issuer.url)
  const { page, redeem } = await beginSignIn(config, browser)
  const signUp = await browser.open(`${page.url.pathname}/sign-up`)
  const tokens = await redeem(await browser.submit(signUp, { name: 'paul', password: 'correct horse' }))
  const { url } = issuer
  await issuer.stop('SIGKILL')
  issuer = await startProcess(main, { DATA_DIR: dataDir, PORT: new URL(url).port })
  expect(issuer.url).toBe(url)
  const fresh = await openid.refreshTokenGrant(config, String(tokens.refresh_token))
  expect((await ask(fresh.access_token)).caller).toMatchObject({ subject: 'paul' })
  const second = await beginSignIn(config, browser)
  expect((await second.redeem(second.page)).claims()).toMatchObject({ sub: 'paul' })
})
