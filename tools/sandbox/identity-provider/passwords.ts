import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, Buffer>(scrypt)
const saltBytes = 16
const hashBytes = 32

/** A password as it is kept: its salt and its scrypt hash, from which it cannot be had again. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes)
  const hash = await derive(password.normalize('NFKC'), salt, hashBytes)
  return `${salt.toString('base64url')}.${hash.toString('base64url')}`
}

/** Whether it is the password that was kept. Where none was, this takes as long, and the answer is no. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  const [salt = '', hash = ''] = (kept ?? '').split('.')
  const expected = Buffer.from(hash, 'base64url')
  const found = await derive(password.normalize('NFKC'), Buffer.from(salt, 'base64url'), hashBytes)
  return expected.length === hashBytes && timingSafeEqual(found, expected)
}
