import { createIdentity } from '@myhotel/kit/identity'
import { databaseNames } from '../../tools/migrate/migrations.ts'
import { variable } from '../../tools/system/site.ts'

/** An address where nobody answers. */
const nobody = '127.0.0.1:1'

/**
 * All that programs must be told, with stores that are nowhere: with it a service begins, listens on free ports, and says
 * that it is not ready.
 *
 * @param dataDir where stand-ins keep what they have to remember
 */
export async function environmentOfNowhere(dataDir: string): Promise<Record<string, string>> {
  const { privateKey, publicKey } = await createIdentity('router')
  const databases = (await databaseNames()).map((name) => [`${variable(name)}_DATABASE_URL`, name])
  return {
    ...Object.fromEntries(
      databases.map(([where, name]) => [where, `postgresql://${name}:none@${nobody}/${name}`]),
    ),
    ...{ PORT: '0', MANAGEMENT_PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir },
    IDENTITY_KEYS: JSON.stringify({ keys: [publicKey] }),
    IDENTITY_PRIVATE_KEY: JSON.stringify(privateKey),
    NATS_URL: `nats://${nobody}`,
    REDIS_URL: `redis://${nobody}`,
    SMTP_URL: `smtp://${nobody}`,
    MAIL_FROM: 'MyHotel <no-reply@myhotel.example>',
    PAYMENT_PROVIDER_URL: `http://${nobody}`,
    TOKEN_ISSUER: `https://${nobody}`,
  }
}
