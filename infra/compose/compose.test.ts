import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readWorkloads, secretVariables } from '../../tools/generate/manifests/workloads.ts'
import { ROOT } from '../../tools/system/client.ts'
import { complaintsOf, secretFor } from '../k8s/rules/complaints.ts'
import { parse } from '../k8s/rules/kubectl.ts'
import { containersOf, podOf } from '../k8s/rules/resource.ts'
import type { Told } from '../k8s/rules/rule.ts'
import { readTold } from '../k8s/rules/told.ts'
import { documentsOf, type Model, mountsOf, readModel } from './model.ts'
import { flawsOf } from './rules.ts'

const file = join(ROOT, 'compose.yaml')
const model = readModel(file)
const workloads = await readWorkloads(ROOT)

let told: Told
beforeAll(async () => {
  told = await readTold(ROOT)
})

describe('by the Compose Specification', () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'compose-spec.json'), 'utf8'))
  const validate = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).compile(schema)

  test.each(documentsOf(file))('$file is valid', ({ content }) => {
    validate(content)
    expect(validate.errors).toBeNull()
  })

  test.each([
    ['an unknown field', { services: { room: { image: 'myhotel', readonly: true } } }],
    [
      'a condition that there is not',
      { services: { room: { depends_on: { nats: { condition: 'ready' } } } } },
    ],
    ['a port that is none', { services: { room: { image: 'myhotel', ports: [true] } } }],
  ])('%s is refused', (_, content) => {
    expect(validate(content)).toBe(false)
  })
})

test('images have the tag of this version, unless told', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const own = Object.values(model.services).flatMap(
    ({ image = '' }) => image.match(/^myhotel[^:]*:(.*)$/)?.[1] ?? [],
  )
  expect(new Set(own)).toEqual(new Set([`\${MYHOTEL_TAG:-${version}}`]))
})

describe('rules', () => {
  test('compose.yaml keeps every one', () => {
    expect(flawsOf(model, told)).toEqual([])
  })

  const refused: [string, (model: Model) => void][] = [
    ['room: its files can be written to', ({ services: { room } }) => delete room?.read_only],
    [
      'room: it has capabilities',
      ({ services: { room } }) => Object.assign(room ?? {}, { cap_add: ['CHOWN'] }),
    ],
    ['redis: it has capabilities', ({ services: { redis } }) => delete redis?.cap_drop],
    ['redis: it may get new privileges', ({ services: { redis } }) => delete redis?.security_opt],
    ['nats-0: it is root', ({ services }) => delete services['nats-0']?.user],
    ['volumes: it is root', ({ services: { volumes } }) => delete volumes?.network_mode],
    ['mypage: its image is fetched', ({ services: { mypage } }) => delete mypage?.pull_policy],
    ['book: it waits for nats-1, which there is not', ({ services }) => delete services['nats-1']],
    [
      'router: it waits for the health of room, which tells none',
      ({ services: { room } }) => delete room?.healthcheck,
    ],
    [
      'room: it waits for migrate-room in the wrong way',
      ({ services }) => Object.assign(services['migrate-room'] ?? {}, { restart: 'on-failure' }),
    ],
    [
      'room: it ends, and nobody waits for it',
      ({ services }) => Object.assign(services, { room: { command: ['room'] }, router: {} }),
    ],
    ['redis: there is no redis-data', ({ volumes }) => delete volumes['redis-data']],
    [
      'redis: there is no /nowhere/redis.conf',
      ({ services: { redis } }) => redis?.volumes?.push('/nowhere/redis.conf:/etc/redis.conf:ro'),
    ],
    [
      'room: 127.0.0.1:4001:4000 can be reached by others',
      ({ services: { room } }) => Object.assign(room ?? {}, { ports: ['127.0.0.1:4001:4000'] }),
    ],
    [
      'router: 4000:4000 can be reached by others',
      ({ services: { router } }) => Object.assign(router ?? {}, { ports: ['4000:4000'] }),
    ],
    ['marketing: nothing runs it', ({ services }) => delete services.marketing],
    [
      'book: nobody reads ROOMS_URL',
      ({ services: { book } }) => Object.assign(book?.environment ?? {}, { ROOMS_URL: 'http://room:4000' }),
    ],
    ['payment: nobody asks whether it is ready', ({ services: { payment } }) => delete payment?.healthcheck],
    [
      'payment: it does not wait for its migrations',
      ({ services: { payment } }) => delete payment?.depends_on?.['migrate-payment'],
    ],
    ['mypage: it does not wait for redis', ({ services: { mypage } }) => delete mypage?.depends_on?.redis],
    [
      'redis-data: redis cannot write to it',
      ({ services: { redis } }) => Object.assign(redis ?? {}, { user: '1000:1000' }),
    ],
    [
      'identity-keys: development-secrets cannot write to it',
      ({ services: { volumes } }) => Object.assign(volumes ?? {}, { volumes: [] }),
    ],
    ['spare: nobody uses it', ({ volumes }) => Object.assign(volumes, { spare: null })],
  ]
  test.each(refused)('%s', (says, spoil) => {
    const spoilt = structuredClone(model)
    spoil(spoilt)
    expect(flawsOf(spoilt, told)).toContain(says)
  })
})

describe('what workloads are told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'myhotel-compose-'))
  writeFileSync(join(folder, 'keys.json'), '{ "keys": [] }')
  afterAll(() => rmSync(folder, { recursive: true }))

  /** The environment of a service, with what development-secrets makes up for it. */
  function environmentOf(name: string): Record<string, string> {
    const service = model.services[name] ?? {}
    const { SECRETS_FOLDER = '', ...environment } = service.environment ?? {}
    const made: Record<string, string[]> = JSON.parse(
      model.services['development-secrets']?.environment?.WANTED_SECRETS ?? '{}',
    )
    const mounted = mountsOf(service).filter(({ path }) => path.startsWith(`${SECRETS_FOLDER}/`))
    const secrets = mounted.flatMap(({ source }) => made[source.replace('secrets-', '')] ?? [])
    const keys: Record<string, string> = environment.IDENTITY_KEYS_FILE
      ? { IDENTITY_KEYS_FILE: join(folder, 'keys.json') }
      : {}
    return { ...Object.fromEntries(secrets.map((one) => [one, secretFor(one)])), ...environment, ...keys }
  }

  test.concurrent.each(workloads.map(({ name }) => name))('%s has all that it asks for', async (name) => {
    expect(await complaintsOf(name, environmentOf(name))).toBe('')
  })

  test('what is missing would be told', async () => {
    const { PAYMENT_PROVIDER_URL: _, ...rest } = environmentOf('payment')
    expect(await complaintsOf('payment', rest)).toContain('PAYMENT_PROVIDER_URL')
  })

  test.each(workloads)('$name has the secrets that it has on a cluster', (workload) => {
    expect(Object.keys(environmentOf(workload.name))).toEqual(
      expect.arrayContaining(secretVariables(workload, workloads)),
    )
  })
})

describe('stores and stand-ins run as on a cluster', () => {
  const components = ['postgres-plain/postgres', 'nats-cluster/nats', 'redis/redis']
  const pods = components.flatMap((name) =>
    parse(readFileSync(join(ROOT, `infra/k8s/components/${name}.yaml`), 'utf8')).filter(
      ({ kind }) => kind === 'StatefulSet',
    ),
  )
  const inCluster = pods.flatMap((pod) =>
    [...(podOf(pod).initContainers ?? []), ...containersOf(pod)].map(
      ({ name, image, command = [], args = [] }) => ({
        name,
        image,
        runs: [...command, ...args],
        user: `${podOf(pod).securityContext?.runAsUser}:${podOf(pod).securityContext?.runAsGroup}`,
      }),
    ),
  )
  const services: Record<string, string[]> = {
    initdb: ['postgres-initdb'],
    nats: ['nats-0', 'nats-1', 'nats-2'],
  }

  test.each(inCluster)('$name', ({ name, image, runs, user }) => {
    for (const service of services[name] ?? [name]) {
      const { entrypoint = [], command = [], ...here } = model.services[service] ?? {}
      const started = [...entrypoint, ...command].map((text) => text.replaceAll('$$', '$'))
      expect({ image: here.image, runs: started, user: here.user }).toEqual({ image, runs, user })
    }
  })
})
