/**
 * Letters that Unicode does not decompose, by what people type in their place: of Latin those with a stroke, a hook or a
 * tail, joined ones and small capitals, as PostgreSQL's dictionary `unaccent` has them; of Arabic the forms that differ by language
 * or by habit of writing.
 */
const byWhatIsTyped: Record<string, string> = {
  a: 'ⱥᶏᴀ',
  b: 'ƀɓƃᵬᶀꞗʙᴃ',
  c: 'ƈȼɕꞓꞔↄᴄ',
  d: 'ðđɖɗƌȡᵭᶁᶑᴅᴆꝱꝺ',
  e: 'əǝɛɇᶒⱸᴇɛᶓ',
  f: 'ƒᵮᶂꞙꜰꝼ',
  g: 'ǥɠɡꞡᶃɣɢʛ',
  h: 'ħɦⱨꞕʜɧ',
  i: 'ıɨɩᵻᶖɪ',
  j: 'ɉɟʝȷᴊ',
  k: 'ƙⱪᶄꝁꝃꝅꞣᴋ',
  l: 'łƚɫɬɭȴⱡꝇꝉᶅꞎʟᴌꝲ',
  m: 'ɱᵯᶆᴍꝳ',
  n: 'ŋɲƞɳȵᵰᶇꞑꞥɴꝴ',
  o: 'øɔɵⱺꝋꝍᴏ',
  p: 'ƥᵱᵽᶈꝑꝓꝕᴘ',
  q: 'ĸʠɋꝗꝙꞯ',
  r: 'ɍɼɽɾᵲᵳᶉꞧʀꝵꝶ',
  s: 'ʂȿᵴᶊꞩꜱẜẝ',
  t: 'ŧƫƭʈȶⱦᵵᴛꝷꞇ',
  u: 'ʉʊᵾᶙᴜ',
  v: 'ʋⱱⱴꝟᶌᴠỽ',
  w: 'ⱳᴡ',
  x: 'ᶍ',
  y: 'ƴɏỿʏ',
  z: 'ƶȥɀʐʑʒⱬᵶᶎᴢ',
  aa: 'ꜳ',
  ae: 'æᴁ',
  ao: 'ꜵ',
  au: 'ꜷ',
  av: 'ꜹꜻ',
  ay: 'ꜽ',
  db: 'ȸ',
  dz: 'ʣʥ',
  hv: 'ƕ',
  ll: 'ỻ',
  ls: 'ʪ',
  lz: 'ʫ',
  oe: 'œɶ',
  oi: 'ƣ',
  oo: 'ꝏ',
  qp: 'ȹ',
  th: 'þꝥꝧᵺ',
  ts: 'ʦ',
  ue: 'ᵫ',
  vy: 'ꝡ',
  г: 'ґ',
  σ: 'ς',
  ا: 'ٱ',
  ك: 'کڪ',
  ه: 'ةۃەہھ',
  ي: 'ىی',
}

const plain = new Map(
  Object.entries(byWhatIsTyped).flatMap(([typed, letters]) => [...letters].map((letter) => [letter, typed])),
)

/** A lower-case letter as people type it who do not have it on their keyboard; most letters are just themselves. */
export const asTyped = (letter: string): string => plain.get(letter) ?? letter

const isDigit = (code: number) => /\p{Nd}/u.test(String.fromCodePoint(code))

/** A decimal digit of any script as one of 0 to 9. Unicode has digits only in rows of ten. */
export function digit(character: string): string {
  const code = character.codePointAt(0) ?? 0
  let first = code
  while (isDigit(first - 1)) first -= 1
  return String((code - first) % 10)
}

/** Halfwidth consonants that can end a Korean syllable, in the order of the letters U+11A8 to U+11C2. */
const finals = 'ﾡﾢﾣﾤﾥﾦﾧﾩﾪﾫﾬﾭﾮﾯﾰﾱﾲﾴﾵﾶﾷﾸﾺﾻﾼﾽﾾ'

/**
 * Halfwidth Korean letters in a text as letters that Unicode composes to syllables: it takes each consonant for the
 * first of a syllable, and one that follows a vowel and has none behind it is the last.
 */
export function withFinals(text: string): string {
  return text.replace(/(?<=[\uffc2-\uffdc])[\uffa1-\uffbe](?![\uffc2-\uffdc])/g, (consonant) => {
    const place = finals.indexOf(consonant)
    return place < 0 ? consonant : String.fromCharCode(0x11a8 + place)
  })
}
