import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { shapeOf, shapeRule } from './shape.ts'

const shape = (document: string) => shapeOf(parse(document))

test.each<[string, string, ReturnType<typeof shape>]>([
  ['a field', '{ a }', { depth: 1, aliases: 0, directives: 0 }],
  ['the deepest of all', '{ a { b } c { d { e } } }', { depth: 3, aliases: 0, directives: 0 }],
  [
    'aliases, and fields that stand there twice',
    '{ x: a a b { y: c c c } }',
    { depth: 2, aliases: 3, directives: 0 },
  ],
  ['the same field elsewhere', '{ a { id } b { id } }', { depth: 2, aliases: 0, directives: 0 }],
  [
    'directives',
    'query ($x: Int @d) @e { a @f { ...F @g ... @h { b } } } fragment F on A @i { c }',
    { depth: 2, aliases: 0, directives: 6 },
  ],
  [
    'a fragment each time that it is spread',
    '{ a { ...F } b { ...F } } fragment F on A { x: c }',
    { depth: 2, aliases: 2, directives: 0 },
  ],
  [
    'a fragment in a fragment',
    '{ ...F } fragment F on A { a { ...G } } fragment G on A { b }',
    { depth: 2, aliases: 0, directives: 0 },
  ],
  [
    'no depth of introspection',
    '{ __schema { types { fields { name } } } }',
    { depth: 0, aliases: 0, directives: 0 },
  ],
])('counts %s', (_, document, expected) => {
  expect(shape(document)).toEqual(expected)
})

test('fragments that grow with every step are measured in no time, and cycles too', () => {
  const step = (n: number) => `fragment F${n} on A { x: a { ...F${n + 1} } y: a { ...F${n + 1} } }`
  const steps = Array.from({ length: 200 }, (_, n) => step(n)).join('\n')
  expect(shape(`{ ...F0 } ${steps} fragment F200 on A { z: b }`).aliases).toBeGreaterThan(2 ** 200)
  expect(shape('{ ...F } fragment F on A { a { ...F } }')).toMatchObject({ depth: 1 })
})

test('what is too large is refused before it is compared field by field', () => {
  const schema = buildSchema('type Query { a: Query b: Int }')
  const document = parse(`{ ${'a { b } '.repeat(10_000)} }`)
  const [error, ...others] = validate(schema, document, [shapeRule({ depth: 9, aliases: 9, directives: 9 })])
  expect(error?.message).toBe(
    'the operation asks for the same fields too often, by aliases or again; the limit is 9',
  )
  expect(others).toEqual([])
  expect(document.definitions, 'nothing left for other rules').toEqual([])
})
