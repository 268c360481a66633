import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withClient } from '@myhotel/kit/postgres'
import { importJWK, SignJWT } from 'jose'
import { inject } from 'vitest'
import { readRecord, type SystemRecord } from '../../tools/system/record.ts'
import { createClient } from '../system/hotel.ts'

/** The system that is attacked. */
export const target = inject('target')

/** What the launcher says of it now. */
export function recordOfTarget(): SystemRecord {
  const record = readRecord(target.dataDir)
  if (!record) throw new Error('the system is gone')
  return record
}

const rolesOf = (account: string) =>
  account.startsWith('agent') ? ['agent'] : account.startsWith('host') ? ['guest', 'host'] : ['guest']

/** A good access token of an account, `guest1`, `host1`, `agent1`. */
export async function tokenOf(account: string): Promise<string> {
  const { url, keys } = target.issuer
  return new SignJWT({ roles: rolesOf(account), scope: 'openid', client_id: 'suite' })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'ed', typ: 'at+jwt' })
    .setIssuer(url)
    .setAudience('myhotel')
    .setSubject(account)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importJWK(keys.EdDSA, 'EdDSA'))
}

export const client = createClient(target.router, tokenOf)

/** The key by which a service names itself to others, which is what an attacker inside would have to steal. */
export function stolenKey(service: string): string {
  const identities = JSON.parse(readFileSync(join(target.dataDir, 'identity.json'), 'utf8'))
  return JSON.stringify(identities[service].privateKey)
}

export const sql = async <Row extends object>(database: string, statement: string): Promise<Row[]> =>
  (await withClient(recordOfTarget().databases[database] ?? '', (client) => client.query<Row>(statement)))
    .rows
