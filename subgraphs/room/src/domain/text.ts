import { asTyped, digit, withFinals } from './letters.ts'

const visible = /[^\p{White_Space}\p{C}\p{M}]/u
/**
 * Line breaks and other control characters, and marks that turn the text around them: a name stands in lists, mails and
 * headers beside words of ours, which it could make to read as something else.
 */
const unfitForLine = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** Whether a text is one line of 1 to `most` characters with something to see in it. */
export function isLine(text: string, most: number): boolean {
  return visible.test(text) && !unfitForLine.test(text) && isAtMost(text, most)
}

/** Whether a text has at most `most` characters, counted as people do and not by the halves of which a string is made. */
export function isAtMost(text: string, most: number): boolean {
  return text.length <= most || [...text].length <= most
}

/**
 * The version of the rules by which texts are compared: of `folded`, `foldedLetters` and what is made of them to be
 * searched. Whoever changes them raises it, and stored texts are indexed again at the next start.
 */
export const foldingVersion = 1

/**
 * A text as searches compare it: words of letters and digits, with one space between them, without what people leave out
 * or type in another way. "Málaga – Centro" and "malaga centro" are the same.
 */
export function folded(text: string): string {
  return foldedLetters(text)
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()
}

/** An amenity as searches compare it. Signs stay: some amenities are one, such as 🏊. */
export const amenityKey = (amenity: string): string => foldedLetters(amenity).trim()

/** Marks that are not part of a letter in the scripts that have them; in all others they are vowels and tones, and stay. */
const accents =
  /[[\p{Mn}\p{Me}]&&[\p{scx=Zinh}\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}\p{scx=Arab}\p{scx=Hebr}\p{scx=Syrc}]]/gv
/** What is not seen, and the dash by which Arabic words are made longer. */
const unseen = /[\p{Default_Ignorable_Code_Point}\u0640]/gu
/** It says where words end, in scripts that have no space for it. */
const zeroWidthSpace = /\u200b/g
/** Letters that most type as an apostrophe, if at all: Hawaiʻi, Saʿd. */
const apostrophes = /[\u02b9-\u02d1\ua78c]/g
/** The dot that parts two l of a Catalan word, as in col·legi. */
const dotOfLongL = /(?<=l)\u00b7(?=l)/g
/** The dot below of Indic letters, which many do not type. */
const nukta = /[\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc]/g

/**
 * Each letter as most people type it: in lower case, without accents and other marks, in its usual form and width
 * (`Ｗｉ－Ｆｉ`, `ﬁne`, `①`), with the digits 0 to 9. Folding what is folded changes nothing.
 */
export function foldedLetters(text: string): string {
  return (
    withFinals(text.replace(zeroWidthSpace, ' '))
      .normalize('NFKD')
      .replace(accents, '')
      // In both directions: ẞ is no upper case of ß otherwise, nor ı one of i.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replace(unseen, '')
      .replace(nukta, '')
      .replace(dotOfLongL, '')
      .replace(apostrophes, "'")
      .replace(/\p{L}/gu, asTyped)
      .replace(/\p{Nd}/gu, digit)
      .normalize('NFC')
  )
}
