/** A Secret or a ConfigMap, as far as it matters here. */
export type Kept = {
  metadata: { name: string; resourceVersion?: string; labels?: Record<string, string> }
  data?: Record<string, string>
}

type Resource = 'secrets' | 'configmaps'

/** How often a call that got no answer is made, with a second between: a network may still be on its way. */
const TRIES = 30

/** Secrets and ConfigMaps of one namespace, by the API of Kubernetes. */
export function createApi(options: {
  server: string
  token: string
  namespace: string
  fetch?: typeof fetch
}) {
  const { server, token, namespace, fetch: send = fetch } = options

  async function call(method: string, path: string, body?: object): Promise<Response> {
    const url = `${server}/api/v1/namespaces/${namespace}/${path}`
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    for (let tries = 1; ; tries++) {
      try {
        return await send(url, { method, headers, body: body && JSON.stringify(body) })
      } catch (error) {
        if (tries === TRIES) throw error
        await new Promise((resolve) => setTimeout(resolve, 1_000))
      }
    }
  }

  /**
   * Makes the object whose content `complete` tells from what there is (undefined: nothing), and tries again when somebody
   * else was quicker. Nothing is written where `complete` answers what there is.
   *
   * @returns the content that is there now
   */
  return async function keep(
    resource: Resource,
    name: string,
    complete: (
      data: Record<string, string> | undefined,
    ) => Record<string, string> | Promise<Record<string, string>>,
  ): Promise<Record<string, string>> {
    for (;;) {
      const read = await call('GET', `${resource}/${name}`)
      const kept = read.status === 404 ? undefined : await json<Kept>(read)
      const before = kept && decoded(resource, kept.data ?? {})
      const after = await complete(before)
      if (before && JSON.stringify(before) === JSON.stringify(after)) return before
      const labels = { 'app.kubernetes.io/part-of': 'myhotel', ...kept?.metadata.labels }
      const metadata = { ...kept?.metadata, name, labels }
      const body = { ...kept, metadata, data: encoded(resource, after) }
      const written = kept
        ? await call('PUT', `${resource}/${name}`, body)
        : await call('POST', resource, body)
      if (written.status === 409) continue
      await json(written)
      return after
    }
  }
}

export type Keep = ReturnType<typeof createApi>

async function json<Body>(response: Response): Promise<Body> {
  const text = await response.text()
  if (!response.ok) throw new Error(`The API server answered ${response.status}: ${text}`)
  return JSON.parse(text)
}

/** The content of a Secret is in base64. */
const encoded = (resource: Resource, data: Record<string, string>) =>
  resource === 'configmaps' ? data : mapped(data, (text) => Buffer.from(text).toString('base64'))
const decoded = (resource: Resource, data: Record<string, string>) =>
  resource === 'configmaps' ? data : mapped(data, (text) => Buffer.from(text, 'base64').toString())

const mapped = (data: Record<string, string>, change: (text: string) => string) =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, change(text)]))
