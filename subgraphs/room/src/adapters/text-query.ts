import { foldedLetters } from '../domain/text.ts'
import { queryTerms } from './text-terms.ts'

/**
 * What people type, as a query for PostgreSQL's full-text search: words that must all occur, "phrases", -without, and
 * `or` between alternatives. The last word may be the beginning of one, for it may still be being typed. Every text
 * makes a query without a fault; null where there is no word in it.
 */
export function toTextQuery(text: string): string | null {
  const parts = [...foldedLetters(text).matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)]
  const alternatives: string[][] = [[]]
  for (const [index, [all, minus, phrase, word]] of parts.entries()) {
    if (all === 'or') {
      alternatives.push([])
      continue
    }
    const mayGoOn = index === parts.length - 1 && !minus && phrase === undefined && !/\s$/.test(text)
    const query = inTheirPlaces(phrase ?? word ?? '', mayGoOn)
    if (query !== '') alternatives.at(-1)?.push(minus ? `!(${query})` : query)
  }
  const said = alternatives.filter((words) => words.length > 0).map((words) => words.join(' & '))
  return said.join(' | ') || null
}

/** The terms of a text as far from each other as they are in it. */
function inTheirPlaces(text: string, mayGoOn: boolean): string {
  const terms = queryTerms(text, mayGoOn)
  return terms
    .map(({ place, lexeme, isBeginning }, index) => {
      const before = terms[index - 1]?.place
      const operator = before === undefined ? '' : ` <${place - before}> `
      return `${operator}'${lexeme}'${isBeginning ? ':*' : ''}`
    })
    .join('')
}
