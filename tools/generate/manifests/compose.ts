import { secretVariables, variable, type Workload } from './workloads.ts'

/** Stand-ins for what is outside, by whom workloads call: their services, and what callers are told. */
const sandbox: Readonly<Record<string, { service: string; told: Readonly<Record<string, string>> }>> = {
  'identity-provider': {
    service: 'identity-provider',
    told: {
      NODE_ENV: 'development',
      TOKEN_ISSUER: 'http://identity-provider:4000',
      DEVELOPMENT_HOSTS: 'router',
    },
  },
  'payment-provider': {
    service: 'payment-provider',
    told: { PAYMENT_PROVIDER: 'sandbox', PAYMENT_PROVIDER_URL: 'http://payment-provider:4000' },
  },
  'mail-server': { service: 'mail-catcher', told: { SMTP_URL: 'smtp://mail-catcher:2525' } },
}

/** Volumes of the stores that infra/compose/parts.yaml has, by the number of the user who writes to them. */
const ofStores = {
  999: ['postgres-data', 'redis-data'],
  1000: ['nats-0-data', 'nats-1-data', 'nats-2-data'],
}
const natsServers = ['nats-0', 'nats-1', 'nats-2']

/**
 * compose.yaml: the whole system for Docker, from the same table as the manifests.
 *
 * @param version the images' tag, unless MYHOTEL_TAG says another
 */
export function composeFile(workloads: readonly Workload[], version: string): string {
  const kept = [...workloads.map(({ name }) => name), 'postgres', 'nats', 'redis', 'development-credentials']
  const volumes = [...kept.map((name) => `secrets-${name}`), 'identity-keys']
  return `# The whole of MyHotel under Docker, without a cluster: infra/image/README.md.
name: myhotel
include: [infra/compose/parts.yaml]

x-confined: &confined
  user: "10001:10001"
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  pull_policy: never

x-service: &service
  <<: *confined
  image: myhotel:\${MYHOTEL_TAG:-${version}}
  restart: on-failure
  stop_grace_period: 45s
  healthcheck:
    test: [CMD, /usr/bin/node, /app/infra/image/entry.ts, health]
    interval: 10s
    timeout: 5s
    retries: 3
    start_period: 120s
    start_interval: 2s

x-migration: &migration
  <<: *confined
  image: myhotel:\${MYHOTEL_TAG:-${version}}
  depends_on:
    postgres:
      condition: service_healthy

services:
  # A new volume is root's: this gives each to whoever writes to it, whose number is in its path, and does nothing else.
  volumes:
    <<: *confined
    image: myhotel-sandbox:\${MYHOTEL_TAG:-${version}}
    user: "0:0"
    cap_add: [CHOWN]
    network_mode: none
    entrypoint:
      - /usr/bin/node
      - -e
      - for (const path of fs.globSync('/volumes/*/*')) fs.chownSync(path, ...Array(2).fill(Number(path.split('/')[2])))
    volumes:
${volumes.map((name) => mount(name, `/volumes/10001/${name}`)).join('')}${Object.entries(ofStores)
  .flatMap(([user, names]) => names.map((name) => mount(name, `/volumes/${user}/${name}`)))
  .join('')}
  # Makes up keys and passwords, once.
  development-secrets:
    <<: *confined
    image: myhotel-sandbox:\${MYHOTEL_TAG:-${version}}
    command: [development-secrets]
    network_mode: none
    environment:
      KEEP_SECRETS_IN: /secrets
      WANTED_SECRETS: '${JSON.stringify(wanted(workloads))}'
    volumes:
${kept.map((name) => mount(`secrets-${name}`, `/secrets/${name}`)).join('')}${mount('identity-keys', '/secrets/identity-keys')}    depends_on:
${after('volumes', 'completed_successfully')}
${workloads.map((one) => `${one.hasDatabase ? migration(one.name) : ''}${service(one, workloads)}`).join('\n')}
volumes:
${volumes.map((name) => `  ${name}:\n`).join('')}`
}

const wanted = (workloads: readonly Workload[]) =>
  Object.fromEntries(workloads.map((one) => [one.name, secretVariables(one, workloads)]))

const mount = (volume: string, path: string) => `      - ${volume}:${path}\n`

const after = (name: string, condition: 'completed_successfully' | 'healthy' | 'started') =>
  `      ${name}:\n        condition: service_${condition}\n`

const migration = (name: string) => `  migrate-${name}:
    <<: *migration
    command: [migrate, ${name}, --within=600]
    environment:
      SECRETS_FOLDER: /secrets
    volumes:
${mount(`secrets-${name}`, `/secrets/${name}:ro`)}${mount('secrets-postgres', '/secrets/postgres:ro')}
`

function service(workload: Workload, all: readonly Workload[]): string {
  const { name, kind } = workload
  const settings = Object.entries(environment(workload, all))
  return `  ${name}:
    <<: *service
    command: [${name}]
${kind === 'router' ? '    ports: ["127.0.0.1:4000:4000"]\n' : ''}    environment:
${settings.map(([key, value]) => `      ${key}: ${/^\d+$/.test(value) ? `"${value}"` : value}\n`).join('')}    volumes:
${mount(`secrets-${name}`, `/secrets/${name}:ro`)}${kind === 'router' ? '' : mount('identity-keys', '/etc/myhotel/identity:ro')}    depends_on:
${dependencies(workload, all)}`
}

function environment({ kind, calls }: Workload, all: readonly Workload[]): Record<string, string> {
  const callees = all.filter(({ name }) => calls.includes(name))
  return {
    NODE_ENV: 'production',
    SECRETS_FOLDER: '/secrets',
    ...(kind === 'subgraph' ? { IDENTITY_KEYS_FILE: '/etc/myhotel/identity/keys.json' } : {}),
    ...Object.fromEntries(callees.map(({ name }) => [`${variable(name)}_URL`, `http://${name}:4000`])),
    ...(calls.includes('nats') ? { NATS_REPLICAS: String(natsServers.length) } : {}),
    ...Object.assign({}, ...calls.map((callee) => sandbox[callee]?.told)),
  }
}

/** Subgraphs call each other both ways, so only the router waits for them. */
function dependencies({ name, kind, hasDatabase, calls }: Workload, all: readonly Workload[]): string {
  const subgraphs = kind === 'router' ? all.filter((one) => one.kind === 'subgraph') : []
  return [
    after('development-secrets', 'completed_successfully'),
    ...(hasDatabase ? [after(`migrate-${name}`, 'completed_successfully')] : []),
    ...(calls.includes('nats') ? natsServers.map((server) => after(server, 'started')) : []),
    ...(calls.includes('redis') ? [after('redis', 'healthy')] : []),
    ...calls.flatMap((callee) => (sandbox[callee] ? [after(sandbox[callee].service, 'healthy')] : [])),
    ...subgraphs.map((one) => after(one.name, 'healthy')),
  ].join('')
}
