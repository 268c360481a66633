import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { folded, foldedLetters, foldingVersion } from '../domain/text.ts'
import { toTextQuery } from './text-query.ts'
import { toTextVector } from './text-terms.ts'

const row = 256
/** Each character of the planes that people write in, between letters, by rows of Unicode. */
const characters = Array.from({ length: 0x30000 / row }, (_, index) => index * row)
  .filter((first) => first < 0xd800 || first >= 0xe000)
  .map((first) =>
    Array.from({ length: row }, (_, index) => `a${String.fromCodePoint(first + index)}海b`).join('\n'),
  )

it('changes nothing where it has been before', () => {
  const once = characters.map(foldedLetters)
  expect(once.map(foldedLetters)).toEqual(once)
  const words = characters.map(folded)
  expect(words.map(folded)).toEqual(words)
})

it.each<[string, (text: string) => string]>([
  ['NFC', (text) => text.normalize('NFC')],
  ['NFD', (text) => text.normalize('NFD')],
  ['NFKC', (text) => text.normalize('NFKC')],
  ['lower case', (text) => text.toLowerCase()],
])('does not tell a text from its %s', (_, form) => {
  expect(characters.map((text) => foldedLetters(form(text)))).toEqual(characters.map(foldedLetters))
})

it('has a new version when it is another, be it by a new version of Node', () => {
  const made = createHash('sha256')
  for (const text of characters)
    made.update(`${folded(text)}\n${toTextVector([text])}\n${toTextQuery(text)}\n`)
  expect(
    { [foldingVersion]: made.digest('hex').slice(0, 16) },
    'raise foldingVersion, add an index to room_listing as the migration text_terms did, and note the hash here',
  ).toEqual({ 1: '0adf68b14cf8c50c' })
})
