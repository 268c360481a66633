/** A number of 32 bits that depends on all of the parts and looks random. */
export function hash(...parts: readonly unknown[]): number {
  let value = 0x811c9dc5
  for (const character of parts.join('\u0000')) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
