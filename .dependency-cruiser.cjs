/**
 * Who may import whom; checked by `npm test` and shown to bite by tests/rules/boundaries.test.ts.
 *
 * Layers deny by default: a rule names what a layer may see, and forbids all else. Types count like values.
 * Tests, and what is only there for tests (`testing.ts`, `testing/`, `fixture.ts`), may see more than the code they test, but
 * not another subgraph.
 */

const TESTS = '[.]test[.]ts$'
const TESTING = '/(testing|fixture)[./-]'
const FOR_TESTS = [TESTS, TESTING]
const npm = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`

/** Files under a layer of a subgraph; $1 is the subgraph in the rule's `to`. */
const layer = (folder) => ({ path: `^subgraphs/([^/]+)/src/${folder}`, pathNot: FOR_TESTS })

const forbidden = [
  {
    name: 'domain-sees-only-itself',
    comment: 'The domain is pure: no npm, no node:, no other layer. Time and ids come in as data.',
    from: layer('domain/'),
    to: { pathNot: '^subgraphs/$1/src/domain/' },
  },
  {
    name: 'views-see-events',
    comment: 'A read model is a pure projection of published events.',
    from: layer('views/'),
    to: { pathNot: ['^subgraphs/$1/src/views/', '^packages/contracts/src/'] },
  },
  {
    name: 'application-sees-domain-and-contracts',
    comment: 'What the application needs from the world is a port of its own; adapters implement it.',
    from: layer('application/'),
    to: { pathNot: ['^subgraphs/$1/src/(application|domain|views)/', '^packages/contracts/src/'] },
  },
  {
    name: 'adapters-are-composed',
    comment: 'An adapter is handed what it needs; it knows neither the composition nor the environment.',
    from: layer('adapters/'),
    to: { path: '^subgraphs/[^/]+/src/[^/]+[.]ts$' },
  },
  {
    name: 'only-compose-sees-adapters',
    comment: 'compose.ts is the one place where adapters meet the application.',
    from: { path: '^subgraphs/[^/]+/src/', pathNot: ['/src/adapters/', '/src/compose[.]ts$', ...FOR_TESTS] },
    to: { path: '^subgraphs/[^/]+/src/adapters/' },
  },
  {
    name: 'subgraphs-never-see-each-other',
    comment: 'They meet in published events and in GraphQL, never in code.',
    from: { path: '^subgraphs/([^/]+)/' },
    to: { path: '^subgraphs/', pathNot: '^subgraphs/$1/' },
  },
  {
    name: 'subgraphs-see-packages',
    comment: 'A subgraph is deployed alone: of this repository it has itself and packages/.',
    from: { path: '^subgraphs/' },
    to: { path: '^(router|tools|infra|tests|bench)/' },
  },
  {
    name: 'router-sees-kit',
    comment: 'The router knows the supergraph, not the code behind it.',
    from: { path: '^router/' },
    to: { path: '^(subgraphs|tools|infra|tests|bench)/' },
  },
  {
    name: 'packages-see-packages',
    comment: 'What everybody uses knows nobody who uses it.',
    from: { path: '^packages/' },
    to: { path: '^(subgraphs|router|tools|infra|tests|bench)/' },
  },
  {
    name: 'contracts-see-only-themselves',
    comment: 'A published event is a schema and nothing else.',
    from: { path: '^packages/contracts/src/', pathNot: FOR_TESTS },
    to: { pathNot: ['^packages/contracts/src/', npm('zod')] },
  },
  {
    name: 'system-tests-use-the-router',
    comment: 'The whole system is tested from outside.',
    from: { path: '^tests/' },
    to: { path: '^(subgraphs|router|bench)/' },
  },
  {
    name: 'tools-see-no-subgraph',
    comment: 'Tools work through the public API, events and files, like everybody else.',
    from: { path: '^tools/' },
    to: { path: '^(subgraphs|router|infra|bench)/' },
  },
  {
    name: 'infra-sees-tools',
    comment: 'What is deployed is started as a process and judged from outside.',
    from: { path: '^infra/' },
    to: { path: '^(subgraphs|router|tests)/' },
  },
  {
    name: 'bench-measures-from-outside',
    comment: 'What is measured is started as a process, like in earnest; the launcher of tools/ does that.',
    from: { path: '^bench/' },
    to: { path: '^(subgraphs|router|tests)/' },
  },
  {
    name: 'prisma-only-in-adapters',
    comment: 'How rows are stored is the business of adapters, and of the tools that migrate.',
    from: {
      path: '^(subgraphs|router|packages)/',
      pathNot: ['^subgraphs/[^/]+/src/adapters/', '^packages/kit/src/prisma[.]ts$', ...FOR_TESTS],
    },
    to: { path: [npm('@prisma', 'prisma'), '/prisma-client/'] },
  },
  {
    name: 'postgres-only-in-kit',
    comment:
      'Every session has the settings that packages/kit/src/postgres.ts names: connections are made there alone.',
    from: { pathNot: ['^packages/kit/src/postgres[.]ts$'] },
    to: { path: npm('pg', 'pg-pool', 'pg-native', 'postgres') },
  },
  {
    name: 'prisma-connects-in-kit',
    comment: 'The adapter makes connections of its own unless it is given a pool: here it is.',
    from: { pathNot: ['^packages/kit/src/prisma[.]ts$', '^tools/migrate/schema-engine[.]ts$'] },
    to: { path: npm('@prisma/adapter-[^/]+') },
  },
  {
    name: 'nats-only-in-bus',
    comment:
      'The client library is kept behind the bus; tools that judge the bus from outside have their own.',
    from: {
      pathNot: [
        '^packages/kit/src/(bus|jetstream|nats-options|nats-sockets|publisher|streams)[.]ts$',
        `^packages/kit/.*${TESTS}`,
        '^tools/(invariants|faults)/',
      ],
    },
    to: { path: npm('nats', '@nats-io') },
  },
  {
    name: 'tests-are-not-imported',
    comment: 'What tests share is no test.',
    from: {},
    to: { path: TESTS },
  },
  {
    name: 'test-tools-only-in-tests',
    comment: 'Nothing that runs in production depends on what is only there for tests.',
    from: { path: '^(subgraphs|router|packages)/', pathNot: FOR_TESTS },
    to: { path: [npm('vitest', 'fast-check'), TESTING] },
  },
  {
    name: 'no-cycles',
    comment: 'Files that need each other are one file, or one of them knows too much.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'everything-resolves',
    comment: 'Every import is a file, or a package that the package.json nearby names.',
    from: {},
    to: { couldNotResolve: true },
  },
]

module.exports = {
  forbidden: forbidden.map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    doNotFollow: { path: ['node_modules', '/prisma-client/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      conditionNames: ['import', 'node', 'default'],
      exportsFields: ['exports'],
      // Some packages hold nothing but types.
      mainFields: ['main', 'types', 'typings'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
