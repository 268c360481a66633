import { folded, withoutAccents } from '../domain/text.ts'

/**
 * What people type, as a query for PostgreSQL's full-text search: words that must all occur, "phrases", -without, and
 * `or` between alternatives. The last word may be the beginning of one, for it may still be being typed. Every text
 * makes a query without a fault; null where there is no word in it.
 */
export function toTextQuery(text: string): string | null {
  const parts = [...withoutAccents(text).matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)]
  const alternatives: string[][] = [[]]
  for (const [index, [all, minus, phrase, word]] of parts.entries()) {
    if (all === 'or') {
      alternatives.push([])
      continue
    }
    const words = folded(phrase ?? word ?? '')
      .split(' ')
      .filter(Boolean)
    if (words.length === 0) continue
    const isBeginning = index === parts.length - 1 && !minus && phrase === undefined && !/\s$/.test(text)
    const lexemes = words.map((lexeme) => `'${lexeme}'`).join(' <-> ') + (isBeginning ? ':*' : '')
    alternatives.at(-1)?.push(minus ? `!(${lexemes})` : lexemes)
  }
  const said = alternatives.filter((words) => words.length > 0).map((words) => words.join(' & '))
  return said.join(' | ') || null
}
