const visible = /[^\p{White_Space}\p{C}\p{M}]/u
/** Control characters (NUL and line breaks among them), halves of characters, and marks that turn text around. */
const unfitForLine = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
/** The same, but a longer text may have line breaks and tabs. */
const unfitForText = /[^\P{Cc}\n\r\t]|\p{Cs}/u

/** Whether a text is one line of 1 to `most` characters with something to see in it. */
export function isLine(text: string, most: number): boolean {
  return visible.test(text) && !unfitForLine.test(text) && isAtMost(text, most)
}

/** Whether a text, which may be empty and have several lines, has at most `most` characters, all of them text. */
export function isText(text: string, most: number): boolean {
  return !unfitForText.test(text) && isAtMost(text, most)
}

/** Counts characters, not the halves of which a string is made. */
const isAtMost = (text: string, most: number) => text.length <= most || [...text].length <= most

/** Letters that are more than a letter with an accent. */
const plain: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
}

/**
 * A text as searches compare it: words of letters and digits, in lower case and without accents, with one space
 * between them. "Málaga – Centro" and "malaga centro" are the same.
 */
export function folded(text: string): string {
  return withoutAccents(text)
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()
}

/** In lower case and without accents; the marks of other scripts than Latin, Greek and Cyrillic stay. */
export function withoutAccents(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replace(/[ßæœøđðþłı]/g, (letter) => plain[letter] ?? letter)
}
