import { escapeHtml } from '../html.ts'

/** No script, nothing from elsewhere, and in no frame of another page. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 10vh auto; padding: 0 1rem; color: #222 }
label { display: block; margin-top: 1rem } label.tick { display: flex; gap: .5rem }
input:not([type=checkbox]) { font: inherit; width: 100%; box-sizing: border-box; padding: .4rem }
button { font: inherit; margin: 1.25rem .5rem 0 0; padding: .4rem 1rem }
[role=alert] { border-left: 4px solid #b00020; padding-left: .75rem } .hint { color: #595959 }`

/** A whole page; `main` is HTML. */
function page(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – MyHotel</title>
<style>${style}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${main}
</main>
</html>`
}

const alert = (mistake: string | undefined) =>
  mistake ? `<p role="alert" id="mistake">${escapeHtml(mistake)}</p>` : ''

/** Attributes of a field that is read out together with what was wrong. */
const told = (mistake: string | undefined) =>
  mistake ? ' aria-invalid="true" aria-describedby="mistake"' : ''

const nameField = (name: string, mistake: string | undefined) => `<label for="name">Name</label>
<input id="name" name="name" value="${escapeHtml(name)}" autocomplete="username" autocapitalize="none"
  spellcheck="false" required autofocus${told(mistake)}>`

type Form = { path: string; application: string; name?: string; mistake?: string }

export const signInPage = ({ path, application, name = '', mistake }: Form) =>
  page(
    'Sign in',
    `<p>to go on to ${escapeHtml(application)}</p>
${alert(mistake)}
<form method="post" action="${escapeHtml(path)}">
${nameField(name, mistake)}
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${told(mistake)}>
<button>Sign in</button>
<button name="cancel" value="yes" formnovalidate>Cancel</button>
</form>
<p><a href="${escapeHtml(path)}/sign-up">Make an account</a></p>
<p class="hint">For development, guest1, host1, agent1 and so on exist. Their password is their name.</p>`,
  )

export const signUpPage = ({ path, application, name = '', mistake }: Form) =>
  page(
    'Make an account',
    `<p>to go on to ${escapeHtml(application)}</p>
${alert(mistake)}
<form method="post" action="${escapeHtml(path)}/sign-up">
${nameField(name, mistake)}
<label for="password">Password, at least 8 characters</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="8" maxlength="128"
  required${told(mistake)}>
<label class="tick"><input name="host" type="checkbox"> I have rooms to offer</label>
<button>Make the account</button>
<button name="cancel" value="yes" formnovalidate>Cancel</button>
</form>
<p><a href="${escapeHtml(path)}">I have an account</a></p>`,
  )

/** `form` is oidc-provider's own, empty but for its secret; the buttons belong to it. */
export const signOutPage = (form: string) =>
  page(
    'Sign out?',
    `${form}
<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
<button form="op.logoutForm">Stay signed in</button>`,
  )

export const signedOutPage = () => page('Signed out', '<p>You can close this page.</p>')

export const errorPage = (code: string, description: string) =>
  page(
    'That did not work',
    `<p role="alert">${escapeHtml(description)}</p><p class="hint">${escapeHtml(code)}</p>`,
  )
