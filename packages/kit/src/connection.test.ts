import { expect, it } from 'vitest'
import { readPage, toConnection } from './connection.ts'

const cursorOf = (values: readonly (string | number)[]) =>
  toConnection({ first: 1, after: null }, [values], (row) => row, String).edges[0]?.cursor

it('reads the cursors that it hands out', () => {
  const values = [-1.5, 'id']
  expect(readPage({ first: 3, after: cursorOf(values) }, 2)).toEqual({ first: 3, after: values })
})

const encoded = (text: string) => Buffer.from(text).toString('base64url')

it.each([
  ['of another list', cursorOf(['only one'])],
  ['of no list', 'nonsense'],
  ['of other things than sort values', encoded('[{},null]')],
  ['with an infinite number', encoded('[1e999,"id"]')],
  ['with a prototype', encoded('{"__proto__":[1,2],"length":2}')],
  ['nested without end', encoded('['.repeat(100_000))],
  ['that is huge', encoded(JSON.stringify(['a', 'x'.repeat(1_000_000)]))],
])('refuses a cursor %s', (_, after) => {
  expect(() => readPage({ after }, 2)).toThrow(
    expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', field: 'after' } }),
  )
})

it.each([-1, 101, 2 ** 31 - 1])('refuses a page of %d', (first) => {
  expect(() => readPage({ first }, 1)).toThrow(
    expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', field: 'first' } }),
  )
})
