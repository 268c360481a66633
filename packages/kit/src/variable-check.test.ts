import fc from 'fast-check'
import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql'
import { expect, test } from 'vitest'
import { fits } from './variable-check.ts'

const schema = buildSchema(`
  type Query { a: Int }
  enum Kind { ONE TWO }
  input Range { from: Int! to: Int = 3 kind: Kind! = ONE }
  input Tree { name: String! left: Tree right: [Tree!] ranges: [[Range!]!] id: ID flag: Boolean ratio: Float }
  input Either @oneOf { a: Int b: String }
`)
const operation = parse(`query (
  $int: Int, $must: Int!, $with: Int! = 5, $list: [Int!], $lists: [[Int]!], $kind: Kind, $range: Range!, $tree: Tree,
  $either: Either, $text: String = "x", $id: ID
) { a }`).definitions[0] as OperationDefinitionNode

const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    0,
    1,
    -1,
    2 ** 31,
    1.5,
    '',
    'x',
    'ONE',
    'THREE',
    true,
    false,
    [],
    {},
  ),
  fc.constantFrom<unknown>(
    { from: 1 },
    { from: 1, to: null },
    { from: 1, kind: null },
    { a: 1 },
    { a: 1, b: 'x' },
  ),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'from',
        'to',
        'kind',
        'name',
        'left',
        'right',
        'ranges',
        'id',
        'flag',
        'a',
        'b',
        '__proto__',
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
}))
const good = { must: 1, range: { from: 1 } }
const names = [
  'int',
  'must',
  'with',
  'list',
  'lists',
  'kind',
  'range',
  'tree',
  'either',
  'text',
  'id',
  'other',
]

test('what fits is what graphql-js can read', () => {
  const read = (variables: Record<string, unknown>) =>
    getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors === undefined
  let fitting = 0
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 }), (some) => {
      const variables = { ...good, ...some }
      const isRead = read(variables)
      // A list of one, or one of a choice, may be left to graphql-js; nothing that it refuses may fit.
      if (fits(schema, operation, variables)) {
        expect(isRead).toBe(true)
        fitting += 1
      } else if (isRead) {
        expect(['lists', 'list', 'either', 'tree'].some((name) => Object.hasOwn(some, name))).toBe(true)
      }
    }),
    { numRuns: 5_000 },
  )
  expect(fitting).toBeGreaterThan(300)
})

test.each<[string, Record<string, unknown>]>([
  [
    'a tree',
    { ...good, tree: { name: 'a', left: { name: 'b' }, right: [{ name: 'c', ranges: [[{ from: 1 }]] }] } },
  ],
  ['nulls where they may be', { ...good, int: null, list: null, tree: { name: 'a', left: null, id: null } }],
  ['what the operation does not name', { ...good, other: 1 }],
  ['a list of one', { ...good, list: 1 }],
])('%s fits without asking graphql-js', (_, variables) => {
  expect(fits(schema, operation, variables)).toBe(true)
})
