import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ApolloServerErrorCode } from '@apollo/server/errors'
import { expect, test } from 'vitest'

// docs/errors.md is what clients build upon: it names each code that there is, and none that there is not.
const root = join(import.meta.dirname, '../..')
const isForTests = /[.]test[.]ts$|\/(testing|fixture)[./-]|\/prisma-client\/|[.]generated[.]ts$/
const sources = globSync('{router,packages/kit,subgraphs/*}/src/**/*.ts', { cwd: root })
  .filter((file) => !isForTests.test(file))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n')

const found = (text: string, pattern: RegExp) =>
  new Set([...text.matchAll(pattern)].map(([, code = '']) => code))
const documented = found(readFileSync(join(root, 'docs/errors.md'), 'utf8'), /`([A-Z]+(?:_[A-Z]+)*)`/g)

/** Automatic persisted queries are never switched off. */
const neverTold = ['PERSISTED_QUERY_NOT_SUPPORTED']
const apollos = Object.values(ApolloServerErrorCode).filter((code) => !neverTold.includes(code))

test('every code that is told is documented', () => {
  // `code: 'X'` of an error or a refusal, `404, 'X'` of an answer without execution.
  const told = new Set([...found(sources, /(?:\bcode:|\b\d{3},) '([A-Z_]+)'/g), ...apollos])
  expect([...told].filter((code) => !documented.has(code))).toEqual([])
  expect(told.size).toBeGreaterThan(15)
})

test('every code that is documented is told', () => {
  const words = new Set([...(sources.match(/\b[A-Z]+(?:_[A-Z]+)*\b/g) ?? []), ...apollos])
  expect([...documented].filter((code) => !words.has(code))).toEqual([])
})
