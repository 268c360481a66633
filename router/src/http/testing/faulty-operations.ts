const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)
const long = 'x'.repeat(100_000)

/** Documents of which none is one of the inn's. */
export const faultyDocuments = [
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
export const documentsOfInheritedNames = names.flatMap((name) => [
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
export const faultyVariables: [query: string, variables: unknown][] = [
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
