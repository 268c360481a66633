import { eventually } from '@myhotel/kit/testing'
import { expect, test } from 'vitest'
import { createReadYourWrites } from './read-your-writes.ts'

test('a request tells what it wrote, the highest version of each aggregate', () => {
  const writes = createReadYourWrites()('guest1', undefined)
  expect(writes.written()).toBe('')
  writes.note('book.b1:1,room.r1:7')
  writes.note('book.b1:3, book.b1:2')
  expect(writes.written()).toBe('room.r1:7,book.b1:3')
})

test('the next request of the same user is to see it, no other user’s', () => {
  const begin = createReadYourWrites()
  begin('guest1', undefined).note('book.b1:1')
  expect(begin('guest1', undefined).toSee()).toBe('book.b1:1')
  expect(begin('guest1', 'book.b1:2,room.r1:1').toSee()).toBe('book.b1:2,room.r1:1')
  expect(begin('guest1', undefined).toSee(), 'what a client says is not remembered').toBe('book.b1:1')
  expect(begin('guest2', undefined).toSee()).toBe('')
  expect(begin(null, undefined).toSee()).toBe('')
})

test('nobody in particular has no memory, but may say what it wrote', () => {
  const begin = createReadYourWrites()
  begin(null, undefined).note('book.b1:1')
  expect(begin(null, undefined).toSee()).toBe('')
  expect(begin(null, 'book.b1:1').toSee()).toBe('book.b1:1')
})

test('after a while it is forgotten', async () => {
  const begin = createReadYourWrites({ keepMs: 30 })
  begin('guest1', undefined).note('book.b1:1')
  expect(begin('guest1', undefined).toSee()).toBe('book.b1:1')
  await eventually(() => begin('guest1', undefined).toSee() === '')
})

test.each([
  '',
  'x',
  'book.b1',
  'book.b1:0',
  'book.b1:-1',
  'book.b1:1e3',
  'book.b 1:1',
  'b\u00fcch.1:1',
  'book.b1:12345678901',
  ',,,',
])('what is not well-formed counts for nothing: %j', (header) => {
  expect(createReadYourWrites()('guest1', header).toSee()).toBe('')
})

test('nobody is made to wait for more than fifty aggregates', () => {
  const header = Array.from({ length: 5_000 }, (_, index) => `book.b${index}:1`).join(',')
  const begin = createReadYourWrites()
  expect(begin('guest1', header).toSee().split(',')).toHaveLength(50)
  for (const item of header.split(',')) begin('guest1', undefined).note(item)
  expect(begin('guest1', undefined).toSee().split(',').at(-1)).toBe('book.b4999:1')
  expect(begin('guest1', undefined).toSee().split(',')).toHaveLength(50)
})
