import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ApolloServerOptions, ApolloServerPlugin } from '@apollo/server'
import { z } from 'zod'
import type { RouterContext } from '../exchange.ts'

/** Documents that clients may send, by what they are called: the SHA-256 of the text, or a name of the client's. */
export type Manifest = ReadonlyMap<string, string>

const manifestFile = z.union([
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      version: z.literal(1),
      operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
    })
    .transform(({ operations }) => new Map(operations.map(({ id, body }) => [id, body]))),
  z.record(z.string(), z.string()).transform((documents) => new Map(Object.entries(documents))),
])

/**
 * Reads a manifest: Apollo's format, or an object of documents by id, as code generators write it.
 * @throws in a sentence where the file is none
 */
export function readManifest(file: string): Manifest {
  const read = manifestFile.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!read.success) throw new Error('is no manifest of persisted documents')
  return read.data
}

/**
 * How clients name documents instead of sending them: by Apollo's extension `persistedQuery`, or by `documentId`
 * as GraphQL over HTTP has it. With a manifest, only what is in it is executed, also where its text is sent; without
 * one, what was sent once with its hash is known from then on, in the memory of this router (30 MiB, the least used
 * is forgotten first).
 */
export function createDocuments(manifest: Manifest | null): Pick<
  ApolloServerOptions<RouterContext>,
  'persistedQueries'
> & {
  plugin: ApolloServerPlugin<RouterContext>
} {
  const idOfText = new Map([...(manifest ?? [])].map(([id, text]) => [text, id]))
  return {
    ...(manifest && { persistedQueries: { cache: readOnly(manifest) } }),
    plugin: {
      async requestDidStart({ request }) {
        const { query, http } = request
        const id = query === undefined ? documentIdIn(http?.body, http?.search) : undefined
        if (id) request.extensions = named(request.extensions, id)
        if (!manifest) return
        if (query !== undefined) {
          request.query = undefined
          request.extensions = named(request.extensions, idOfText.get(query) ?? sha256(query))
        }
        return {
          async willSendResponse({ response: { http: head, body } }) {
            const [error] = body.kind === 'single' ? (body.singleResult.errors ?? []) : []
            if (body.kind !== 'single' || error?.extensions?.code !== 'PERSISTED_QUERY_NOT_FOUND') return
            head.status = 400
            body.singleResult.errors = [notTrusted]
          },
        }
      },
    },
  }
}

const notTrusted = {
  message: 'only documents of the manifest are executed here',
  extensions: { code: 'DOCUMENT_NOT_TRUSTED' },
}

const named = (extensions: Record<string, unknown> | undefined, id: string) => ({
  ...extensions,
  persistedQuery: { version: 1, sha256Hash: id },
})

/** `documentId` of a request, without the `sha256:` before a hash. */
function documentIdIn(body: unknown, search: string | undefined): string | undefined {
  const inBody = (body as { documentId?: unknown } | undefined)?.documentId
  const id = typeof inBody === 'string' ? inBody : new URLSearchParams(search).get('documentId')
  return id?.replace(/^sha256:/, '')
}

/** What a manifest holds, as the cache that Apollo looks into. */
const readOnly = (manifest: Manifest) => ({
  get: async (key: string) => manifest.get(key.slice(key.indexOf(':') + 1)),
  set: async () => undefined,
  delete: async () => false,
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
