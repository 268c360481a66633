import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from './testing-browser.ts'
import { beginSignIn, callback, webClient } from './testing-client.ts'

let dataDir: string
let issuer: TestProcess
let config: openid.Configuration

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'identity-provider-'))
  issuer = await startProcess('tools/sandbox/identity-provider/main.ts', { DATA_DIR: dataDir })
  config = await webClient(issuer.url)
})
afterAll(async () => {
  await issuer?.stop()
  await rm(dataDir, { recursive: true })
})

const begin = async (more: Record<string, string> = {}) => {
  const browser = openBrowser(issuer.url)
  return { browser, ...(await beginSignIn(config, browser, more)) }
}

/** Asks the token endpoint directly. */
async function askTokens(body: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${issuer.url}/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(body),
  })
  return { status: response.status, ...((await response.json()) as { error?: string }) }
}

describe('an application', () => {
  test.each([
    'https://elsewhere.example/callback',
    'http://127.0.0.1:54321/callback/more',
    'http://127.0.0.1.elsewhere.example/callback',
    'http://user@127.0.0.1:54321/callback',
    'javascript:alert(1)',
  ])('is not sent to an address that is not registered: %s', async (redirect_uri) => {
    const { page } = await begin({ redirect_uri })
    expect(page).toMatchObject({ status: 400, url: { origin: issuer.url } })
    expect(page.html).toContain('invalid_redirect_uri')
    expect(page.html).not.toContain('javascript:')
  })

  test.each([
    [{ code_challenge: '', code_challenge_method: '' }],
    [{ code_challenge_method: 'plain' }],
    [{ code_challenge: '' }],
  ])('needs PKCE: %j', async (more) => {
    const { page } = await begin(more)
    expect(page.url.href).toContain(callback)
    expect(page.url.searchParams.get('error')).toBe('invalid_request')
  })

  test('needs the verifier of its own code, and has one try', async () => {
    const { browser, page, redeem } = await begin()
    const returned = await browser.submit(page, { name: 'guest1', password: 'guest1' })
    const code = String(returned.url.searchParams.get('code'))
    const grant = { grant_type: 'authorization_code', client_id: 'myhotel-web', redirect_uri: callback, code }
    expect(await askTokens(grant)).toMatchObject({ status: 400, error: 'invalid_grant' })
    const other = { ...grant, code_verifier: openid.randomPKCECodeVerifier() }
    expect(await askTokens(other)).toMatchObject({ status: 400, error: 'invalid_grant' })
    await redeem(returned)
    await expect(redeem(returned)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test.each([
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ resource: 'https://elsewhere.example' }, 'invalid_target'],
    [{ prompt: 'none' }, 'login_required'],
  ])('is told what it asked for wrongly: %j', async (more, error) => {
    const { page } = await begin(more)
    expect(page.url.searchParams.get('error') ?? page.url.hash).toContain(error)
  })

  test('that is not known is shown to nobody', async () => {
    const { page } = await begin({ client_id: '<script>alert(1)</script>' })
    expect(page).toMatchObject({ status: 400, url: { origin: issuer.url } })
    expect(page.html).not.toContain('<script>')
  })
})

describe('a service', () => {
  const grant_type = 'client_credentials'

  test('needs its secret', async () => {
    const wrong = { grant_type, client_id: 'myhotel-backoffice', client_secret: 'wrong' }
    expect(await askTokens(wrong)).toMatchObject({ status: 401, error: 'invalid_client' })
    const missing = { grant_type, client_id: 'myhotel-backoffice' }
    expect(await askTokens(missing)).toMatchObject({ error: 'invalid_client' })
  })

  test('is not what a public client is', async () => {
    expect(await askTokens({ grant_type, client_id: 'myhotel-web' })).toMatchObject({
      error: 'invalid_request',
      error_description: 'requested grant type is not allowed for this client',
    })
  })

  test('does not sign in by a password', async () => {
    const grant = { grant_type: 'password', client_id: 'myhotel-web', username: 'guest1', password: 'guest1' }
    expect(await askTokens(grant)).toMatchObject({ error: 'unsupported_grant_type' })
  })
})

describe('a user', () => {
  test.each([
    ['guest1', 'wrong'],
    ['guest1', ''],
    ['Guest1', 'Guest1'],
    ['admin', 'admin'],
    ['', ''],
    ['<img src=x onerror=alert(1)>', 'x'],
    ['nobody', '\u0000'],
  ])('is not signed in as %j by the password %j', async (name, password) => {
    const { browser, page } = await begin()
    const answer = await browser.submit(page, { name, password })
    expect(answer).toMatchObject({ status: 422, url: { origin: issuer.url } })
    expect(answer.html).toContain('There is no account of this name and password.')
    expect(answer.html).not.toContain('<img')
  })

  test.each([
    ['guest1', 'correct horse', 'taken'],
    ['myhotel-backoffice', 'correct horse', 'taken'],
    ['x', 'correct horse', '3 to 32'],
    ['a b c', 'correct horse', '3 to 32'],
    ['marie\u0000', 'correct horse', '3 to 32'],
    ['joan', 'short', 'at least 8'],
  ])('does not get the account %j by the password %j', async (name, password, why) => {
    const { browser, page } = await begin()
    const signUp = await browser.open(`${page.url.pathname}/sign-up`)
    const answer = await browser.submit(signUp, { name, password })
    expect(answer).toMatchObject({ status: 422, url: { origin: issuer.url } })
    expect(answer.html).toContain(why)
  })

  test('gets a name that nobody has, in whatever case', async () => {
    const first = await begin()
    const signUp = await first.browser.open(`${first.page.url.pathname}/sign-up`)
    const password = 'correct horse'
    const twice = await Promise.all(
      ['Anna', 'anna'].map((name) => first.browser.submit(signUp, { name, password })),
    )
    expect(twice.map(({ url }) => url.origin).sort()).toEqual(['http://127.0.0.1:54321', issuer.url].sort())
  })

  test('may think better of it', async () => {
    const { browser, page } = await begin()
    const { url } = await browser.submit(page, { cancel: 'yes' })
    expect(url.searchParams.get('error')).toBe('access_denied')
  })

  test('signs in where it began, and nobody else does in its place', async () => {
    const { page } = await begin()
    const other = await begin()
    const stolen = await other.browser.submit(page, { name: 'guest1', password: 'guest1' })
    expect(stolen).toMatchObject({ status: 400 })
    expect(stolen.html).toContain('This sign-in is over.')
  })

  test('fills in no more than a form', async () => {
    const { browser, page } = await begin()
    const answer = await browser.submit(page, { name: 'guest1', password: 'x'.repeat(20_000) })
    expect(answer.status).toBe(413)
  })
})

test('pages run no script and stand in no frame', async () => {
  const { page } = await begin()
  expect(page.html).not.toMatch(/<script|javascript:|\son\w+=/)
  const browser = await fetch(page.url)
  expect(browser.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(browser.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
})
