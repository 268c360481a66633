import { expect, test } from 'vitest'
import { flawOfName, rename } from './render.ts'

test.each(['', 'a', 'Review', 'review-room', '1st', 'room', 'réponse'])(
  '"%s" is no name for a new one',
  (name) => {
    expect(flawOfName(name, ['room'])).toMatch(/[.]$/)
  },
)

test('a name is of small letters', () => {
  expect(flawOfName('review', ['room'])).toBeUndefined()
})

test('the name takes its place in all spellings', () => {
  const text = 'An *example* is one Example of examples: EXAMPLE_DATABASE_URL'
  expect(rename(text, 'review')).toBe('A *review* is one Review of reviews: REVIEW_DATABASE_URL')
  expect(rename('an example', 'offer')).toBe('an offer')
})
