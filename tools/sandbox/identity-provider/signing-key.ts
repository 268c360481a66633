import { hkdfSync } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'

/** The issuer's Ed25519 key, and what is made from it. */
export type SigningKey = {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly privateJwk: JWK
  /** Signs the cookies of browsers. */
  readonly cookieSecret: string
}

/** Reads the key from the folder, or makes one and keeps it there, so that tokens outlive a restart. */
export async function signingKey(dataDir: string): Promise<SigningKey> {
  const path = join(dataDir, 'signing-key.json')
  const jwk = await readKey(path)
  const privateKey = await importJWK(jwk, 'EdDSA')
  if (privateKey instanceof Uint8Array || !jwk.d) throw new Error(`${path} holds no key pair`)
  const kid = await calculateJwkThumbprint(jwk)
  const cookieSecret = hkdfSync('sha256', Buffer.from(jwk.d, 'base64url'), '', 'cookies', 32)
  return {
    kid,
    privateKey,
    privateJwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' },
    cookieSecret: Buffer.from(cookieSecret).toString('base64url'),
  }
}

async function readKey(path: string): Promise<JWK> {
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (kept !== undefined) return JSON.parse(kept) as JWK
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = await exportJWK(privateKey)
  await mkdir(join(path, '..'), { recursive: true })
  // Renamed into place, so that a process killed while writing leaves no half of a key.
  await writeFile(`${path}.new`, JSON.stringify(jwk), { mode: 0o600 })
  await rename(`${path}.new`, path)
  return jwk
}
