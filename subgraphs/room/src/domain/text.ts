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
