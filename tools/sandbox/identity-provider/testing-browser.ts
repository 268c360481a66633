/** A page as a browser shows it, or where the browser was sent that is none of the issuer's pages. */
export type Page = { readonly url: URL; readonly status: number; readonly html: string }

const textOf = (html: string) =>
  html.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

/**
 * As much of a browser as signing in needs: cookies by their path, redirects as long as they stay with the issuer, and
 * forms that are filled in and sent.
 */
export function openBrowser(issuer: string) {
  const cookies = new Map<string, { path: string; pair: string }>()

  function keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ')
      const path = attributes.find((text) => /^path=/i.test(text))?.slice('path='.length) ?? '/'
      const name = pair.split('=', 1)[0] ?? ''
      if (pair === `${name}=`) cookies.delete(`${name} ${path}`)
      else cookies.set(`${name} ${path}`, { path, pair })
    }
  }

  async function load(url: URL, init: RequestInit = {}): Promise<Page> {
    if (url.origin !== issuer) return { url, status: 0, html: '' }
    const cookie = [...cookies.values()].filter(({ path }) => url.pathname.startsWith(path))
    const headers = { accept: 'text/html', cookie: cookie.map(({ pair }) => pair).join('; ') }
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { ...headers, ...init.headers },
    })
    keep(response)
    const html = await response.text()
    const location = response.headers.get('location')
    return location ? load(new URL(location, url)) : { url, status: response.status, html }
  }

  return {
    open: (url: URL | string) => load(new URL(url, issuer)),

    /** Sends the form of a page with what it has filled in already, and `fields`. */
    submit(page: Page, fields: Record<string, string>): Promise<Page> {
      const action = /<form[^>]* action="([^"]*)"/.exec(page.html)?.[1]
      if (action === undefined) throw new Error(`no form on ${page.url}: ${page.html}`)
      const hidden = [...page.html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
      const filled = hidden.map(([, name = '', value = '']) => [textOf(name), textOf(value)])
      const body = new URLSearchParams({ ...Object.fromEntries(filled), ...fields })
      return load(new URL(textOf(action), page.url), { method: 'POST', body })
    },
  }
}
