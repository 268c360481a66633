import { documentsOfInheritedNames, faultyDocuments, faultyVariables } from './faulty-operations.ts'

/** A request as it goes over the wire. */
export type WireRequest = {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string | Buffer
}

const json = { 'content-type': 'application/json' }
const post = (body: unknown, headers: Record<string, string> = {}): WireRequest => {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return { method: 'POST', path: '/graphql', headers: { ...json, ...headers }, body: text }
}
const get = (search: string): WireRequest => ({
  ...{ method: 'GET', path: `/graphql?${search}`, body: '' },
  headers: { 'apollo-require-preflight': '1' },
})
const good = { query: '{ echo }' }
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)
const long = 'x'.repeat(100_000)

const strangeHashes = [
  {},
  5,
  true,
  'x',
  [],
  { version: 1 },
  { version: 2, sha256Hash: 'x' },
  { version: '1', sha256Hash: 'x' },
].concat([5, {}, { toString: 1 }, null, []].map((sha256Hash) => ({ version: 1, sha256Hash })) as object[])

const bodies = [
  ...[
    '',
    ' ',
    'null',
    '5',
    '"x"',
    '[]',
    '{}',
    '{"a":1}',
    '{',
    '\ufeff{"query":"{ echo }"}',
    "{'query':'{ echo }'}",
  ],
  ...[
    `[${JSON.stringify(good)}]`,
    `${JSON.stringify(good)}{}`,
    '{"__proto__":{"query":"{ echo }"}}',
    '{"query":{"toString":1}}',
  ],
  ...[
    '{"query":"query ($__proto__: Int) { room(id: 1, first: $__proto__) { id } }","variables":{"__proto__":null}}',
  ],
  ...['{"query":"query ($v: Float) { echo(size: $v) }","variables":{"v":1e999}}'],
  ...[101, 1_000, 50_000].map(
    (depth) => `{"query":"query ($v: Wish) { echo(wish: $v) }","variables":{"v":${nested('[', ']', depth)}}}`,
  ),
  `{"query":"query ($v: Wish) { echo(wish: $v) }","variables":{"v":${nested('{"name":"x","other":', '}', 5_000).replace('}', '{}}')}}}`,
  Buffer.from('{"query":"{ echo(text: \\"\xc3\x28\\") }"}', 'latin1'),
]

const types = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/graphql',
  'x',
  '/',
].concat([
  'application/json; charset=utf-16',
  'application/json, application/json',
  'application/graphql-response+json',
])
const accepts = [
  'text/html',
  'image/png',
  'multipart/mixed',
  '*/*;q=0',
  'application/json;q=0',
  ';;;',
  '/',
  'a'.repeat(8_000),
  ',,',
]

const searches = [
  ...[
    '',
    'query',
    'query=',
    'query=%',
    'query=%ff',
    'query={echo}&query={echo}',
    'query={echo}&operationName=a',
  ],
  ...['variables=', 'variables=[]', 'variables=null', 'variables=%7B', 'extensions=5', 'extensions=null'].map(
    (more) => `query={echo}&${more}`,
  ),
  ...[
    'query=mutation{note}',
    'query=subscription{x}',
    'documentId=',
    'query=query($n:Int=2){room(id:1,first:$n){id}}&variables={"n":null}',
  ],
  ...strangeHashes.map(
    (persistedQuery) => `extensions=${encodeURIComponent(JSON.stringify({ persistedQuery }))}`,
  ),
]

/** Requests of the inn's, of which each is a mistake of who sends it. */
export const faultyRequests: readonly WireRequest[] = [
  ...[...faultyDocuments, ...documentsOfInheritedNames].map((query) => post({ query })),
  ...faultyVariables.map(([query, given]) => post({ query, variables: given })),
  ...[null, 5, {}, [], true, 0].map((query) => post({ query })),
  ...['b', '', ' ', '__proto__', 'constructor', 5, true, {}, ['a'], long].map((operationName) =>
    post({ query: 'query a { echo }', operationName }),
  ),
  ...[[], 'x', 5, true, ''].map((extensions) => post({ ...good, extensions })),
  ...strangeHashes.flatMap((persistedQuery) => [
    post({ ...good, extensions: { persistedQuery } }),
    post({ extensions: { persistedQuery } }),
  ]),
  ...[5, {}, { toString: 1 }, ''].map((documentId) => post({ documentId })),
  ...bodies.map((body) => post(body)),
  ...types.map((type) => post(good, { 'content-type': type })),
  ...accepts.map((accept) => post(good, { accept })),
  ...['gzip', 'br', 'x'].map((encoding) => post(good, { 'content-encoding': encoding })),
  ...searches.map(get),
  ...['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'].map((method) => ({ ...get(''), method })),
  ...['/', '//', '/%', '/../graphql', '/GRAPHQL', '*'].map((path) => ({
    ...post(good),
    path,
  })),
]
