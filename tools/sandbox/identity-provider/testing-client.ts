import * as openid from 'openid-client'
import type { openBrowser, Page } from './testing-browser.ts'

/** Where the application under test would listen: any port of this machine will do. */
export const callback = 'http://127.0.0.1:54321/callback'

/** The public client, as an application would configure it. */
export const webClient = (issuer: string) =>
  openid.discovery(new URL(issuer), 'myhotel-web', undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  })

/** A sign-in that was begun: the page that the issuer shows, and how to go on from the callback. */
export async function beginSignIn(
  config: openid.Configuration,
  browser: ReturnType<typeof openBrowser>,
  more: Record<string, string> = {},
) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier()
  const expectedState = openid.randomState()
  const expectedNonce = openid.randomNonce()
  const page = await browser.open(
    openid.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope: 'openid profile',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
      ...more,
    }),
  )
  return {
    page,
    redeem: (returned: Page) =>
      openid.authorizationCodeGrant(config, returned.url, { pkceCodeVerifier, expectedState, expectedNonce }),
  }
}
