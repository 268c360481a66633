import { encodeWord } from 'nodemailer/lib/mime-funcs'

/** Printable ASCII in words that fit on a line, with one space between them: every reader takes it as it is. */
const readsAsItIs = /^[\x21-\x7e]{1,60}( [\x21-\x7e]{1,60})*$/

/** An encoded word (RFC 2047) has at most 75 characters; this leaves room for the name of its header before it. */
const longestEncodedWord = 52

/**
 * The value of an unstructured mail header that a reader decodes to exactly `text`, folded to lines of at most 76
 * characters. A text that could be taken for an encoded word (`=?UTF-8?B?…?=`), in whole or in part, is encoded itself:
 * nodemailer passes such words on, and the reader would show what they stand for.
 */
export function literalHeader(text: string): { prepared: true; foldLines: true; value: string } {
  const isPlain = readsAsItIs.test(text) && !text.includes('=?')
  return {
    prepared: true,
    foldLines: true,
    value: isPlain ? text : encodeWord(text, 'B', longestEncodedWord),
  }
}
