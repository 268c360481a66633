import { expect, it } from 'vitest'
import { refusals, type Schema } from './narrower.ts'

const text: Schema = { type: 'string' }
const number: Schema = { type: 'integer' }
const nothing: Schema = { type: 'null' }
const object = (properties: Record<string, Schema>, required = Object.keys(properties)): Schema => ({
  ...{ type: 'object', properties, required },
})

it.each<[string, Schema, Schema]>([
  ['anything', text, {}],
  ['the same', text, text],
  ['one of more values', { enum: ['A'] }, { enum: ['A', 'B'] }],
  ['a value of the type', { const: 'A' }, text],
  ['one of several types', text, { anyOf: [text, nothing] }],
  ['types as a list', { type: ['string', 'null'] }, { anyOf: [nothing, text] }],
  ['whole numbers', number, { type: 'number' }],
  ['a narrower number', { ...number, minimum: 1 }, { ...number, minimum: 0 }],
  ['a form that is not asked for', { ...text, format: 'date' }, text],
  ['values of the length', { enum: ['EUR', 'JPY'] }, { ...text, minLength: 3, maxLength: 3 }],
  ['more fields than it reads', object({ a: text, b: text }), object({ a: text })],
  ['a field that may be missing', object({}), object({ a: text }, [])],
  ['lists', { type: 'array', items: text }, { type: 'array', items: { anyOf: [text, nothing] } }],
])('takes in %s', (_, written, read) => {
  expect(refusals(written, read)).toEqual([])
})

it.each<[string, Schema, Schema, string]>([
  ['anything', {}, text, 'data: anything is not taken in, string is'],
  ['another type', number, text, 'data: integer is not taken in, string is'],
  ['another value', { enum: ['A', 'B'] }, { enum: ['A'] }, 'data: "B" is not taken in'],
  ['free text for a value', text, { enum: ['A'] }, 'data: string is not taken in, only some values are'],
  ['null', { anyOf: [text, nothing] }, text, 'data: null is not taken in, string is'],
  ['null, in a list of types', { type: ['string', 'null'] }, text, 'data: null is not taken in, string is'],
  ['null for one of two', nothing, { anyOf: [text, number] }, 'data: null is not taken in'],
  ['numbers with a point', { type: 'number' }, number, 'data: number is not taken in, integer is'],
  ['a wider number', number, { ...number, minimum: 0 }, 'data: is not taken in without minimum 0'],
  ['another form', text, { ...text, format: 'date' }, 'data: is not taken in without format date'],
  [
    'a value of another length',
    { enum: ['EURO'] },
    { ...text, maxLength: 3 },
    'data: is not taken in without maxLength 3',
  ],
  ['a missing field', object({}), object({ a: text }), 'data.a: needed, and may be missing'],
  [
    'a field that may be missing',
    object({ a: text }, []),
    object({ a: text }),
    'data.a: needed, and may be missing',
  ],
  [
    'a field more',
    object({ a: text }),
    { ...object({}), additionalProperties: false },
    'data.a: is not taken in',
  ],
  [
    'a field of another type',
    object({ a: object({ b: number }) }),
    object({ a: object({ b: text }) }),
    'data.a.b: integer is not taken in, string is',
  ],
  [
    'other lists',
    { type: 'array', items: number },
    { type: 'array', items: text },
    'data[]: integer is not taken in, string is',
  ],
])('does not take in %s', (_, written, read, why) => {
  expect(refusals(written, read)).toEqual([why])
})

it('passes nothing that it does not know', () => {
  expect(() =>
    refusals(object({ a: { ...text, contentEncoding: 'base64' } as Schema }), object({ a: text })),
  ).toThrow('data.a: "contentEncoding" of JSON Schema is not known here')
})
