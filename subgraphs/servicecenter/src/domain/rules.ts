import { invalid, type RefusalOf } from './refusal.ts'

const visible = /[^\p{White_Space}\p{C}\p{M}]/u

/** Why nobody could read what somebody wrote in `field`, if so: nothing to see, or more than `most` characters. */
export function flawOfText(field: string, text: string, most: number): RefusalOf<'INVALID_INPUT'> | null {
  if (!visible.test(text)) return invalid(field, 'must say something')
  // A string is made of halves of characters, so the quick look at its length may only accept.
  if (text.length > most && [...text].length > most)
    return invalid(field, `must have at most ${most} characters`)
  return null
}
