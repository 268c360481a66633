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

/** Documents of which none is one of the inn's. */
const documents = [
  ...[
    '',
    ' ',
    '#',
    '# nothing',
    '\n,\n',
    '\ufeff',
    '{',
    '}',
    '{}',
    'query',
    '{ echo',
    '{ echo } }',
    '"',
    '"""',
    '\0',
  ],
  ...[
    '{ echo(text: "\\ud800") }',
    '{ echo(text: "\\u{110000}") }',
    '{ echo(text: """',
    'query on on { echo }',
  ],
  ...['type A { a: Int }', 'extend type Query { a: Int } { echo }', 'schema { query: Query } { echo }'],
  ...[
    'fragment a on Query { echo }',
    'fragment a on Query { echo } { echo }',
    '{ ...a }',
    '{ ...a } fragment a on Nope { a }',
  ],
  ...[
    '{ ...a } fragment a on Query { ...a }',
    '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
  ],
  ...['{ ...a ...a } fragment a on Query { echo } fragment a on Query { echo }'],
  ...[
    'subscription { x }',
    'subscription { echo }',
    'subscription { __typename }',
    'query a { echo } subscription b { x }',
  ],
  ...[
    'subscription { ...a } fragment a on Query { echo }',
    'mutation { echo }',
    'mutation { note(text: 5) }',
  ],
  ...['query a { echo } query a { echo }', '{ echo } query a { echo }', 'query a { echo } query b { echo }'],
  ...[
    '{ echo @defer }',
    '{ ... @defer { echo } }',
    '{ found @stream { __typename } }',
    'query @skip(if: true) { echo }',
  ],
  ...[
    '{ echo @skip }',
    '{ echo @skip(if: "x") }',
    '{ echo @include(if: null) }',
    '{ echo @skip(if: true) @skip(if: true) }',
  ],
  ...[
    'query ($a: Int, $a: Int) { echo(beds: $a) }',
    'query ($a: Nope) { echo }',
    'query ($a: Room) { echo(beds: $a) }',
  ],
  ...[
    '{ echo(beds: $a) }',
    'query ($a: Int) { echo }',
    'query ($a: String) { echo(beds: $a) }',
    'query ($a: Int = "x") { echo(beds: $a) }',
  ],
  ...[
    'query ($a: Int = $b, $b: Int) { echo(beds: $a) }',
    'query ($a: Wish = { name: null }) { echo(wish: $a) }',
  ],
  ...[
    '{ echo(beds: 99999999999) }',
    '{ echo(beds: 1.5) }',
    '{ echo(size: 1e999) }',
    `{ echo(size: ${'9'.repeat(400)}) }`,
  ],
  ...[
    '{ echo(wish: { name: "x", size: -1e999 }) }',
    '{ echo(id: 1.5) }',
    '{ echo(text: null) }',
    '{ echo(text: [[]]) }',
  ],
  ...[
    '{ echo(wish: []) }',
    '{ echo(wish: 5) }',
    '{ echo(wish: {}) }',
    '{ echo(wish: { name: "x", nope: 1 }) }',
    '{ echo(wishes: [null]) }',
  ],
  ...[
    '{ room { id } }',
    '{ room(id: null) { id } }',
    '{ room(id: "x", on: "2027-02-30") { id } }',
    '{ room(id: "x", on: 5) { id } }',
  ],
  ...[
    '{ room(id: "x", kind: "HUT") { id } }',
    '{ room(id: "x", kind: TENT) { id } }',
    '{ room(id: "x") }',
    '{ echo { x } }',
    '{ nope }',
  ],
  ...[
    '{ found { id } }',
    '{ a: echo a: room(id: "x") { id } }',
    '{ echo(text: "a") echo(text: "b") }',
    '{ places { price } }',
  ],
  ...[
    '{ __schema }',
    '{ __type { name } }',
    '{ __type(name: 5) { name } }',
    '{ _service { nope } }',
    `{ ${long} }`,
    `{ ${long}(a: 1) }`,
  ],
  ...[`{ echo @${long} }`, `{ ...${long} }`, `query ($${long}: Int!) { echo(beds: $${long}) }`],
  ...[
    `{ places(beds: ${nested('[', ']', 400)}) { id } }`,
    `{ echo(wish: ${nested('{ other: ', '}', 150)}) }`,
  ],
  ...[nested('{ room ', '}', 400), nested('{ ... ', '}', 400), `{ ${nested('... on Query { ', '}', 300)} }`],
]

/** Names that every object inherits, or that mean something to somebody on the way. */
const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__typename', 'then', '_entities']
const named = names.flatMap((name) => [
  ...[
    `{ room(id: "x") { ${name} { id } } }`,
    `{ echo @${name} }`,
    `{ echo(${name}: 1) }`,
    `{ echo(wish: { ${name}: 1 }) }`,
  ],
  ...[
    `{ ... on ${name} { echo } }`,
    `query ($a: ${name}) { echo(beds: $a) }`,
    `{ room(id: "x", kind: ${name}) { id } }`,
    `{ ...${name} }`,
  ],
])

const n = { n: null }
/** Documents with variables that do not fit them. */
const variables: [query: string, variables: unknown][] = [
  ['query ($n: Int = 20) { room(id: "r", first: $n) { id } }', n],
  ['query ($n: Int) { room(id: "r", first: $n) { id stars } }', n],
  ['query ($n: Int = 5) { room(id: "r") { id stars(of: $n) } }', n],
  ['query ($n: Int = 5) { room(id: "r") { id stars(in: [$n]) } }', n],
  ['query ($n: String = "x") { places(wish: { name: $n }) { id } }', n],
  ['query ($n: Int) { echo(wishes: [{ name: "x", other: { name: "x", beds: $n } }]) }', n],
  ['query ($n: Boolean = true) { room(id: "x") { id stars @include(if: $n) } }', n],
  ['query ($n: Boolean = true) { ...a @skip(if: $n) } fragment a on Query { echo }', n],
  ['query ($n: String = "Room") { __type(name: $n) { name } }', n],
  ['query ($n: Boolean = true) { constructor: echo @include(if: $n) }', n],
  ['mutation ($n: String = "x") { note(text: $n) }', n],
  ...['x', 1.5, 2 ** 31, null, true, [], {}, undefined].map((v): [string, unknown] => [
    'query ($v: Int!) { echo(beds: $v) }',
    { v },
  ]),
  ...['x', true, {}, [[]]].map((v): [string, unknown] => ['query ($v: Float) { echo(size: $v) }', { v }]),
  ...[1.5, true, {}, null].map((v): [string, unknown] => [
    'query ($v: ID!) { room(id: $v) { stars } }',
    { v },
  ]),
  ...[5, {}, null, '\ud800', 'a\udc00', '\0', 'x'.repeat(70_000)].map((v): [string, unknown] => [
    'query ($v: String!) { echo(text: $v) }',
    { v },
  ]),
  ...['TENT', 'hut', 5, null, '__proto__', 'constructor'].map((v): [string, unknown] => [
    'query ($v: Kind!) { room(id: "x", kind: $v) { stars } }',
    { v },
  ]),
  ...['x', 5, null, '2027-02-30'].map((v): [string, unknown] => [
    'query ($v: Date!) { room(id: "x", on: $v) { id } }',
    { v },
  ]),
  ...[
    5,
    [],
    {},
    { name: 5 },
    { name: 'x', nope: 1 },
    { name: 'x', beds: null },
    { name: 'x', floors: [null] },
    { name: 'x', on: 'x' },
  ].map((v): [string, unknown] => ['query ($v: Wish!) { echo(wish: $v) }', { v }]),
  ['query ($v: [ID!]!) { places(ids: $v) { id } }', { v: Array(20_000).fill({}) }],
  ['query ($toString: Int!) { echo(beds: $toString) }', {}],
  ...[[], [1], 'x', '{}', 5, true].map((given): [string, unknown] => ['{ echo }', given]),
]

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
  ...[...documents, ...named].map((query) => post({ query })),
  ...variables.map(([query, given]) => post({ query, variables: given })),
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
