import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../tools/system/command.ts'
import { inside, PKI } from './paths.ts'

type Certificate = { subject: string; names?: readonly string[] }

const openssl = (...args: string[]) => runCommand('openssl', args)
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Makes the authority that the whole cluster trusts, and the key that signs tokens of service accounts. */
export async function createAuthority(): Promise<void> {
  await mkdir(PKI, { recursive: true, mode: 0o700 })
  const [key, certificate] = [join(PKI, 'ca.key'), join(PKI, 'ca.crt')]
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    key,
    '-out',
    certificate,
    '-days',
    '30',
    '-subj',
    '/CN=myhotel-cluster',
  )
  const [sign, verify] = [join(PKI, 'accounts.key'), join(PKI, 'accounts.pub')]
  await openssl('genrsa', '-out', sign, '2048')
  await openssl('rsa', '-in', sign, '-pubout', '-out', verify)
}

/** Makes `name.key` and `name.crt`; `names` are the addresses (`IP:…`, `DNS:…`) that it may serve at. */
export async function issue(name: string, { subject, names }: Certificate): Promise<void> {
  const file = (kind: string) => join(PKI, `${name}.${kind}`)
  const lines = ['extendedKeyUsage=serverAuth,clientAuth']
  if (names) lines.push(`subjectAltName=${names.join(',')}`)
  await writeFile(file('ext'), lines.join('\n'))
  await openssl('req', ...newKey, '-keyout', file('key'), '-out', file('csr'), '-subj', subject)
  const authority = ['-CA', join(PKI, 'ca.crt'), '-CAkey', join(PKI, 'ca.key')]
  const serial = ['-set_serial', `0x${crypto.randomUUID().replaceAll('-', '')}`]
  const options = ['-days', '30', '-extfile', file('ext'), ...serial]
  await openssl('x509', '-req', '-in', file('csr'), ...authority, ...options, '-out', file('crt'))
}

/** Writes how the holder of a certificate reaches the API server, as machines of the cluster see the files. */
export async function writeKubeconfig(name: string, server: string): Promise<void> {
  const at = (file: string) => inside(join(PKI, file))
  await writeFile(
    join(PKI, `${name}.kubeconfig`),
    JSON.stringify(
      kubeconfig(
        server,
        {
          'certificate-authority': at('ca.crt'),
        },
        { 'client-certificate': at(`${name}.crt`), 'client-key': at(`${name}.key`) },
      ),
    ),
  )
}

/** A kubeconfig of one cluster and one user, which is JSON and so YAML, too. */
export function kubeconfig(server: string, authority: object, user: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'myhotel', cluster: { server, ...authority } }],
    users: [{ name: 'me', user }],
    contexts: [{ name: 'myhotel', context: { cluster: 'myhotel', user: 'me' } }],
    'current-context': 'myhotel',
  }
}
