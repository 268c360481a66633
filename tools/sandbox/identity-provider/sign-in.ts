import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Interaction, Provider } from 'oidc-provider'
import type { Accounts } from './accounts.ts'
import { errorPage, pageHeaders, signInPage, signUpPage } from './pages.ts'

const longestForm = 16_384

/** Where oidc-provider sends a browser whose user has to sign in. */
export const signInPath = (uid: string) => `/interaction/${uid}`

/**
 * The pages on which users sign in and up. An interaction belongs to the browser that began it, by a cookie which
 * other sites' forms do not send along (SameSite), so no other page can post them.
 *
 * @returns whether the request was for one of them
 */
export function createSignIn(provider: Provider, accounts: Accounts) {
  async function handle(request: IncomingMessage, response: ServerResponse, uid: string, signUp: boolean) {
    const interaction = await interactionOf(request, response, uid)
    if (!interaction) {
      return show(
        response,
        400,
        errorPage('interaction_expired', 'This sign-in is over. Begin again in the application.'),
      )
    }
    const path = signInPath(uid)
    const client = await provider.Client.find(String(interaction.params.client_id))
    const application = client?.clientName ?? 'the application'
    const page = signUp ? signUpPage : signInPage
    if (request.method !== 'POST') {
      return show(response, 200, page({ path, application, name: hint(interaction) }))
    }

    const form = await readForm(request)
    if (!form)
      return show(response, 413, errorPage('form_too_large', 'That is more than a name and a password.'))
    if (form.cancel) return finish({ error: 'access_denied', error_description: 'The user did not sign in.' })
    const { name = '', password = '' } = form
    const account = signUp
      ? await accounts.signUp(form)
      : ((await accounts.signIn(name, password)) ?? 'There is no account of this name and password.')
    if (typeof account === 'string') {
      return show(response, 422, page({ path, application, name, mistake: account }))
    }
    return finish({ login: { accountId: account.name } })

    function finish(result: Parameters<Provider['interactionFinished']>[2]) {
      return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
    }
  }

  /** The interaction of that id, if it is this browser's and not over. */
  async function interactionOf(request: IncomingMessage, response: ServerResponse, uid: string) {
    const interaction = await provider.interactionDetails(request, response).catch(() => undefined)
    return interaction?.uid === uid ? interaction : undefined
  }

  return async function signIn(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = request.url?.split('?', 1)[0] ?? ''
    const [, uid, signUp] = /^\/interaction\/([\w-]+)(\/sign-up)?$/.exec(path) ?? []
    if (!uid || !['GET', 'POST'].includes(request.method ?? '')) return false
    await handle(request, response, uid, signUp !== undefined)
    return true
  }
}

const hint = ({ params }: Interaction) => (typeof params.login_hint === 'string' ? params.login_hint : '')

/** The fields of a form, or null where there is more than one could fill in. */
async function readForm(request: IncomingMessage): Promise<Record<string, string> | null> {
  if (Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY) > longestForm) return null
  return Object.fromEntries(new URLSearchParams(await text(request)))
}

function show(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, pageHeaders).end(html)
}
