import { foldedLetters } from '../domain/text.ts'

/** A word, or letters in a row of scripts without spaces, with the place of the first in the text. */
type Piece = Readonly<{ place: number } & ({ word: string } | { letters: readonly string[] })>

/** What stands at a place of a text; in a query it may be the beginning of what stands there. */
type Term = Readonly<{ place: number; lexeme: string; isBeginning?: boolean }>

/**
 * Scripts that have no space between words, or not between all (Korean). What is stored and asked of them are pairs of
 * letters, so that a word is found wherever it stands among others. A dictionary would find words only that it knows,
 * and other ones in another version.
 */
const unspaced = [
  ...['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul', 'Yi', 'Nushu', 'Tangut'],
  ...['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tai_Le', 'New_Tai_Lue', 'Tai_Tham', 'Tai_Viet', 'Ahom'],
  ...['Javanese', 'Balinese'],
]
const letter = '[\\p{L}\\p{N}\\p{M}]'
/** Between letters of such scripts these count for nothing: many leave them out, シティ・センター and シティセンター. */
const gap = '[\\s・]'
const unspacedLetter = `[${letter}&&[${unspaced.map((script) => `\\p{scx=${script}}`).join('')}]]`
const pieces = new RegExp(
  `(${unspacedLetter}(?:${gap}*${unspacedLetter})*)|(?:(?!${unspacedLetter})${letter})+`,
  'gv',
)

/** PostgreSQL takes lexemes of up to 2046 bytes. Words that have this many characters in common count as the same. */
const longestWord = 250

/** The terms to be searched in texts that are one after the other, as PostgreSQL writes a tsvector. */
export function toTextVector(texts: readonly string[]): string {
  const terms: Term[] = []
  let from = 1
  for (const text of texts) {
    const { found, end } = piecesOf(text, from)
    terms.push(...found.flatMap(storedTerms))
    from = end
  }
  return terms.map(({ lexeme, place }) => `'${lexeme}':${place}`).join(' ')
}

/**
 * The terms to be looked for at a distance from each other; none where a text has no word. The last one may be the
 * beginning of a word if `mayGoOn`.
 */
export function queryTerms(text: string, mayGoOn: boolean): Term[] {
  const { found } = piecesOf(text, 1)
  return found.flatMap((piece, index) => askedTerms(piece, mayGoOn && index === found.length - 1))
}

/** Each letter with the one behind it, and the last one alone: every part of the letters is a row of these. */
function storedTerms(piece: Piece): Term[] {
  if ('word' in piece) return [{ place: piece.place, lexeme: piece.word }]
  return piece.letters.map((first, index) => pair(piece.place + index, first, piece.letters[index + 1]))
}

/** As few pairs as have all letters. A single letter is the beginning of whatever pair stands there. */
function askedTerms(piece: Piece, mayGoOn: boolean): Term[] {
  if ('word' in piece) return [{ place: piece.place, lexeme: piece.word, isBeginning: mayGoOn }]
  const { place, letters } = piece
  const last = letters.length - 2
  return letters.flatMap((first, index) => {
    if (last < 0) return [{ place, lexeme: first, isBeginning: true }]
    return index === last || (index % 2 === 0 && index < last)
      ? [pair(place + index, first, letters[index + 1])]
      : []
  })
}

const pair = (place: number, first: string, second = ''): Term => ({ place, lexeme: first + second })

/** Words and rows of letters of a text in their order. */
function piecesOf(text: string, from: number): { found: Piece[]; end: number } {
  const found: Piece[] = []
  let place = from
  for (const [word, row] of foldedLetters(text).matchAll(pieces)) {
    const letters = row === undefined ? undefined : [...row.replace(new RegExp(gap, 'g'), '')]
    found.push(letters ? { place, letters } : { place, word: [...word].slice(0, longestWord).join('') })
    place += letters?.length ?? 1
  }
  return { found, end: place }
}
