import { describe, expect, it } from 'vitest'
import { canonicalId, canonicalIds, idOrNone, NO_SUCH_ID } from './ids.ts'

const id = '01900000-0000-7000-8000-00000000abcd'

describe('the id of an object', () => {
  it.each([
    ['lower case', id],
    ['upper case', id.toUpperCase()],
    ['both', '01900000-0000-7000-8000-00000000AbCd'],
  ])('is a UUID in %s, and comes out in lower case', (_, text) => {
    expect(canonicalId(text)).toBe(id)
    expect(idOrNone(text)).toBe(id)
  })

  it.each([
    ['nothing', ''],
    ['a word', 'room1'],
    ['braces', `{${id}}`],
    ['a URN', `urn:uuid:${id}`],
    ['no dashes', id.replaceAll('-', '')],
    ['dashes elsewhere', '0190-00000000-7000-8000-00000000abcd'],
    ['space around it', ` ${id} `],
    ['a line break behind it', `${id}\n`],
    ['a NUL', `${id.slice(0, -1)}\0`],
    ['other digits', id.replace('1', '１')],
    ['letters that fold to others', id.replace('a', 'ａ')],
    ['too much', id.repeat(300)],
    ['a digit too many', `${id}0`],
    ['a letter that is no hexadecimal digit', id.replace('a', 'g')],
  ])('is no text with %s', (_, text) => {
    expect(canonicalId(text)).toBeNull()
    expect(idOrNone(text)).toBe(NO_SUCH_ID)
  })

  it('is picked from a list', () => {
    expect(canonicalIds([id.toUpperCase(), 'x', NO_SUCH_ID])).toEqual([id, NO_SUCH_ID])
  })
})
