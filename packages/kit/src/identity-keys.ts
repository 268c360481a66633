import { type CryptoKey, importJWK, type JWK } from 'jose'
import { z } from 'zod'

/** `book`, or `book.2` for a further key of book. */
export const keyId = z.string().regex(/^[^.]+(\.\d+)?$/, 'is not <service> or <service>.<number>')

const publicKey = z.looseObject({
  kid: keyId,
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.never('a private key does not belong here').optional(),
})

const keySet = z
  .object({ keys: z.array(publicKey) })
  .refine(({ keys }) => new Set(keys.map(({ kid }) => kid)).size === keys.length, 'two keys have one kid')

/** A JSON Web Key Set: the public keys of all who may call, any number for each of them. */
export type KeySet = { readonly keys: readonly JWK[] }

/** The service that signs with the key of this `kid`: what stands before the dot. */
export const ownerOf = (kid: string): string => kid.split('.', 1)[0] as string

/** @throws an error that says what is wrong with the set */
export function readKeySet(json: string): KeySet {
  const read = keySet.safeParse(JSON.parse(json))
  if (!read.success) throw new Error(`the key set is of no use: ${z.prettifyError(read.error)}`)
  return read.data as KeySet
}

/** @throws an error that says what is wrong with the key */
export async function readPrivateKey(json: string): Promise<{ kid: string; key: CryptoKey }> {
  const jwk = JSON.parse(json) as JWK
  const { success, data: kid } = keyId.safeParse(jwk.kid)
  if (!success) throw new Error('the identity key has no kid, which is the name of its owner')
  return { kid, key: (await importJWK(jwk, 'EdDSA')) as CryptoKey }
}

/** The `kid` of the next key of a service: its name if it has none yet, else the next number. */
export function nextKeyId({ keys }: KeySet, service: string): string {
  const numbers = keys
    .map(({ kid = '' }) => kid)
    .filter((kid) => ownerOf(kid) === service)
    .map((kid) => Number(kid.split('.')[1] ?? 1))
  return numbers.length === 0 ? service : `${service}.${Math.max(...numbers) + 1}`
}

/** The set with one more key. @throws if it has one of that `kid`, or the key is none */
export function addKey({ keys }: KeySet, key: JWK): KeySet {
  return readKeySet(JSON.stringify({ keys: [...keys, key] }))
}

/** The set without the key. @throws if it has no such key, or it is the last one of its service */
export function retireKey({ keys }: KeySet, kid: string): KeySet {
  const left = keys.filter((key) => key.kid !== kid)
  if (left.length === keys.length) throw new Error(`no key ${kid} is in the set`)
  if (!left.some((key) => ownerOf(key.kid ?? '') === ownerOf(kid)))
    throw new Error(`${kid} is the last key of ${ownerOf(kid)}: make a new one before`)
  return { keys: left }
}
