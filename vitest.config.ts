import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'
import { WORKERS } from './tools/test/workers.ts'

/**
 * Vitest resolves `graphql` to its ES module, Apollo's packages to its CommonJS one, and graphql refuses
 * schemas "from another module or realm". One copy for both.
 */
const graphql = createRequire(import.meta.url).resolve('graphql')

/** What is tried on what kustomize renders, and on other files for machines. */
const MANIFESTS = 'infra/{k8s/rules,compose,rollout,delivery}/**'

const sources = '{subgraphs/*,packages/*,router}/src'

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: graphql }] },
  test: {
    maxWorkers: WORKERS,
    // How long a test takes is the machine's business, and no test is about that: these end what hangs.
    testTimeout: 600_000,
    hookTimeout: 900_000,
    projects: [
      {
        // Needs nothing but Node: the domain, the application, pure parts of the adapters, the router.
        extends: true,
        test: {
          name: 'unit',
          include: [`${sources}/**/*.test.ts`, '{tools,infra,bench}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.adapter.test.ts', MANIFESTS],
        },
      },
      {
        // The repository about itself: boundaries, conventions, the template of a subgraph.
        extends: true,
        test: { name: 'rules', include: ['tests/rules/*.test.ts'] },
      },
      {
        // Every overlay of infra/k8s with every component, compose.yaml, roll-outs, and the rules that they keep. No cluster, no Docker.
        extends: true,
        logLevel: 'error',
        test: {
          name: 'manifests',
          include: [`${MANIFESTS}/*.test.ts`],
          // It is made for bundlers: it imports JSON as Node does not, and names source maps that it does not bring.
          server: { deps: { inline: [/@actions\/workflow-parser/] } },
        },
      },
      {
        // Needs a real PostgreSQL, NATS and Redis; each file works in a database of its own. The server has another zone
        // and writes dates in another way (tools/test/private-services.ts), and so has this machine.
        extends: true,
        test: {
          name: 'adapters',
          env: { TZ: process.env.TEST_TZ ?? 'Asia/Seoul' },
          include: [`${sources}/**/*.adapter.test.ts`, '{tools,infra}/**/*.adapter.test.ts'],
          globalSetup: 'tools/test/adapter-setup.ts',
        },
      },
      {
        // The whole system, driven through the router, one file after the other.
        extends: true,
        test: {
          name: 'system',
          include: ['tests/system/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Bad input and forged identities, tried on one system that all files share, one after the other.
        extends: true,
        test: {
          name: 'security',
          include: ['tests/security/**/*.test.ts'],
          globalSetup: 'tests/security/setup.ts',
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Faults on whole systems, in short; "npm run faults" is the long form.
        extends: true,
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
