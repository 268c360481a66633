import type { AddressBook } from '../application/ports.ts'

/** Longest local part of a mail address, RFC 5321. */
const longestLocalPart = 64

/**
 * Derives addresses from users' ids: `{user}@myhotel.example`. Of an id, letters, digits, `_` and `-` stay as they
 * are; any other byte becomes `=` and two hexadecimal digits, so that no id can make another address than its own.
 */
export function templateAddressBook(template: string): AddressBook {
  return {
    mailAddressOf(userId) {
      const encoded = Buffer.from(userId)
        .toString('latin1')
        .replace(/[^\w-]/g, (byte) => `=${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
      const address = template.replaceAll('{user}', () => encoded)
      const local = address.slice(0, address.lastIndexOf('@'))
      return encoded.length > 0 && local.length <= longestLocalPart ? address : null
    },
  }
}
