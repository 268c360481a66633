import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { header } from '@myhotel/kit/http'
import type { Logger } from '@myhotel/kit/logger'
import { ruruHTML } from 'ruru/server'
import { getStaticFile } from 'ruru/static'
import { request as fetchUrl } from 'undici'
import { z } from 'zod'
import { examples } from './playground-examples.ts'

const assets = '/playground/'
const tokenTimeoutMs = 2_000

/**
 * Everything comes from the router itself, and the browser sees to it. Its editor makes styles and fonts of
 * its own.
 */
const pagePolicy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
].join('; ')

const tokenAnswer = z.object({ access_token: z.string() })

export type Playground = {
  /** Serves the page at `/` and its assets; false where the path is none of them. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

/**
 * A GraphQL editor (ruru) in the browser, with example operations and, where `tokenUrl` is given, a token of
 * the development account that each of them needs.
 */
export function createPlayground({
  tokenUrl,
  log,
}: {
  tokenUrl: string | undefined
  log: Logger
}): Playground {
  /** Without a token, the example is there all the same. */
  async function tokenFor(account: string): Promise<string | null> {
    if (!tokenUrl) return null
    try {
      const { body } = await fetchUrl(tokenUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ account }),
        signal: AbortSignal.timeout(tokenTimeoutMs),
      })
      return tokenAnswer.parse(await body.json()).access_token
    } catch (error) {
      log.warn({ err: error, account }, 'no development token for the playground')
      return null
    }
  }

  async function page(): Promise<string> {
    const shown = examples(new Date(), randomUUID())
    const accounts = [...new Set(shown.map(({ account }) => account))]
    const tokens = new Map(
      await Promise.all(accounts.map(async (name) => [name, await tokenFor(name)] as const)),
    )
    const tabs = shown.map(({ account, query, variables }) => {
      const token = tokens.get(account)
      const headers = token ? { authorization: `Bearer ${token}` } : {}
      return {
        query,
        variables: JSON.stringify(variables, null, 2),
        headers: JSON.stringify(headers, null, 2),
      }
    })
    return ruruHTML({
      staticPath: assets,
      endpoint: '/graphql',
      clientConfig: { defaultHeaders: tabs[0]?.headers, defaultTheme: null },
      htmlParts: {
        titleTag: '<title>MyHotel playground</title>',
        bodyInitScript: startScript(tabs, Object.fromEntries(tokens)),
      },
    })
  }

  return {
    async serve(path, request, response) {
      if (request.method !== 'GET') return false
      if (path === '/') {
        response.setHeader('content-security-policy', pagePolicy)
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(await page())
        return true
      }
      if (!path.startsWith(assets)) return false
      const acceptEncoding = header(request, 'accept-encoding')
      const file = await getStaticFile({
        staticPath: assets,
        urlPath: path,
        acceptEncoding,
        disallowDevAssets: true,
      })
      if (!file) return false
      const unchanged = header(request, 'if-none-match') === file.headers.etag
      response.writeHead(unchanged ? 304 : 200, {
        ...file.headers,
        'cache-control': 'no-cache',
        vary: 'accept-encoding',
      })
      response.end(unchanged ? undefined : file.content)
      return true
    },
  }
}

/**
 * Starts the editor. The browser keeps tabs with their headers between visits: development tokens in them are
 * replaced by fresh ones of the same account first.
 */
function startScript(tabs: object[], tokens: Record<string, string | null>): string {
  return `<script type="module">
import { React, createRoot, Ruru } from "${assets}ruru.js";
const tokens = ${inScript(tokens)};
const accountOf = (token) => {
  try { return JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub; } catch { return null; }
};
for (const [key, kept] of Object.entries(localStorage)) {
  if (!key.startsWith('graphiql:')) continue;
  localStorage.setItem(key, kept.replaceAll(/eyJ[\\w-]*\\.[\\w-]+\\.[\\w-]+/g, (token) => tokens[accountOf(token)] ?? token));
}
const defaultTabs = ${inScript(tabs)};
const initialVariables = localStorage.getItem('graphiql:tabState') ? undefined : defaultTabs[0].variables;
createRoot(document.getElementById('ruru-root')).render(
  React.createElement(Ruru, { ...RURU_CONFIG, shouldPersistHeaders: true, defaultTabs, initialVariables }),
);
</script>`
}

/** JSON that cannot end the script it stands in. */
const inScript = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c')
