import { foldedLetters } from '../domain/text.ts'
import { queryTerms, type Term } from './text-terms.ts'

/** A query for PostgreSQL's full-text search. */
export type TextQuery = Readonly<{
  /** What is asked. */
  query: string
  /**
   * What all that is found has of whole terms, without the beginnings of terms and without what it must not have: an
   * index needs few steps for it. Null where an alternative has no whole term.
   */
  wholeTerms: string | null
}>

/**
 * What people type, as a query: words that must all occur, "phrases", -without, and `or` between alternatives. The last
 * word may be the beginning of one, for it may still be being typed. Every text makes a query without a fault; null where
 * there is no word in it.
 */
export function toTextQuery(text: string): TextQuery | null {
  const alternatives = alternativesIn(text).filter((parts) => parts.length > 0)
  if (alternatives.length === 0) return null
  const whole = alternatives.map((parts) =>
    parts.filter(({ isExcluded }) => !isExcluded).flatMap(({ terms }) => wholePhrase(terms)),
  )
  return {
    query: anyOf(alternatives.map((parts) => parts.map(toPhrase))),
    wholeTerms: whole.every((phrases) => phrases.length > 0) ? anyOf(whole) : null,
  }
}

/** Terms that stand together, or must not. */
type Part = Readonly<{ terms: readonly Term[]; isExcluded: boolean }>

function alternativesIn(text: string): Part[][] {
  const parts = [...foldedLetters(text).matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)]
  const alternatives: Part[][] = [[]]
  for (const [index, [all, minus, phrase, word]] of parts.entries()) {
    if (all === 'or') {
      alternatives.push([])
      continue
    }
    const mayGoOn = index === parts.length - 1 && !minus && phrase === undefined && !/\s$/.test(text)
    const terms = queryTerms(phrase ?? word ?? '', mayGoOn)
    if (terms.length > 0) alternatives.at(-1)?.push({ terms, isExcluded: minus === '-' })
  }
  return alternatives
}

const anyOf = (alternatives: readonly (readonly string[])[]) =>
  alternatives.map((phrases) => phrases.join(' & ')).join(' | ')

const toPhrase = ({ terms, isExcluded }: Part) =>
  isExcluded ? `!(${inTheirPlaces(terms)})` : inTheirPlaces(terms)

function wholePhrase(terms: readonly Term[]): string[] {
  const whole = terms.filter(({ isBeginning }) => !isBeginning)
  return whole.length > 0 ? [inTheirPlaces(whole)] : []
}

/** Terms as far from each other as they are in the text that is looked for. */
function inTheirPlaces(terms: readonly Term[]): string {
  return terms
    .map(({ place, lexeme, isBeginning }, index) => {
      const before = terms[index - 1]?.place
      const operator = before === undefined ? '' : ` <${place - before}> `
      return `${operator}'${lexeme}'${isBeginning ? ':*' : ''}`
    })
    .join('')
}
