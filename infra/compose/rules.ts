import { existsSync } from 'node:fs'
import type { Told } from '../k8s/rules/rule.ts'
import { type Model, mountsOf, type Service } from './model.ts'

/** Who may be called from this machine: whom clients call. */
const doors = ['router', 'identity-provider']

/** What is wrong with a compose.yaml, a sentence for each place. */
export function flawsOf(model: Model, told: Told): string[] {
  const services = Object.entries(model.services)
  return [
    ...services.flatMap(([name, service]) =>
      [
        ...unconfined(service),
        ...unready(service, model),
        ...unawaited(name, service, model),
        ...lost(service, model),
        ...open(name, service),
      ].map((flaw) => `${name}: ${flaw}`),
    ),
    ...told.workloads.flatMap((workload) => flawsOfWorkload(workload, model, told)),
    ...Object.keys(model.volumes).flatMap((volume) => flawsOfVolume(volume, model)),
  ]
}

/** The one that gives volumes away is root, and can do nothing but that. */
function unconfined({
  user,
  read_only,
  cap_drop,
  cap_add = [],
  security_opt,
  ...service
}: Service): string[] {
  const gives = cap_add.join() === 'CHOWN' && service.network_mode === 'none'
  return [
    ...(read_only ? [] : ['its files can be written to']),
    ...(cap_drop?.join() === 'ALL' && (cap_add.length === 0 || gives) ? [] : ['it has capabilities']),
    ...(security_opt?.includes('no-new-privileges:true') ? [] : ['it may get new privileges']),
    ...(/^[1-9]\d*:[1-9]\d*$/.test(user ?? '') || gives ? [] : ['it is root']),
    // A name without a registry is Docker Hub's, where anybody may have it.
    ...(/^myhotel/.test(service.image ?? '') && service.pull_policy !== 'never'
      ? ['its image is fetched']
      : []),
  ]
}

function unready({ depends_on = {} }: Service, { services }: Model): string[] {
  return Object.entries(depends_on).flatMap(([name, { condition }]) => {
    const other = services[name]
    if (!other) return [`it waits for ${name}, which there is not`]
    const ends = !other.restart
    if (condition === 'service_healthy' && !other.healthcheck)
      return [`it waits for the health of ${name}, which tells none`]
    return (condition === 'service_completed_successfully') === ends
      ? []
      : [`it waits for ${name} in the wrong way`]
  })
}

/** `docker compose up --wait` takes an end for a failure unless somebody waits for it. */
const unawaited = (name: string, { restart }: Service, { services }: Model) =>
  restart || Object.values(services).some(({ depends_on }) => depends_on?.[name])
    ? []
    : ['it ends, and nobody waits for it']

const lost = (service: Service, { volumes }: Model) =>
  mountsOf(service)
    .filter(({ source, isFile }) => (isFile ? !existsSync(source) : !(source in volumes)))
    .map(({ source }) => `there is no ${source}`)

const open = (name: string, { ports = [] }: Service) =>
  ports
    .filter((port) => !doors.includes(name) || !port.startsWith('127.0.0.1:'))
    .map((port) => `${port} can be reached by others`)

function flawsOfWorkload(
  { name, hasDatabase, calls }: Told['workloads'][number],
  model: Model,
  told: Told,
): string[] {
  const service = model.services[name]
  if (service?.command?.join() !== name) return [`${name}: nothing runs it`]
  const migration = `migrate-${name}`
  const waits = service.depends_on ?? {}
  const unread = Object.keys(service.environment ?? {}).filter(
    (variable) => variable !== 'SECRETS_FOLDER' && !told.variables[name]?.has(variable),
  )
  return [
    ...unread.map((variable) => `${name}: nobody reads ${variable}`),
    ...(service.healthcheck ? [] : [`${name}: nobody asks whether it is ready`]),
    ...(hasDatabase && !waits[migration] ? [`${name}: it does not wait for its migrations`] : []),
    ...(calls.includes('redis') && !waits.redis ? [`${name}: it does not wait for redis`] : []),
  ]
}

/** Whoever writes to a volume owns it, and is the only one, but for secrets. */
function flawsOfVolume(volume: string, { services }: Model): string[] {
  const owner = mountsOf(services.volumes ?? {})
    .find(({ source }) => source === volume)
    ?.path.split('/')[2]
  const users = Object.entries(services).filter(([name, service]) => {
    return (
      name !== 'volumes' && mountsOf(service).some(({ source, path }) => source === volume && isOwn(path))
    )
  })
  return [
    ...(users.length === 0 ? [`${volume}: nobody uses it`] : []),
    ...users
      .filter(([, { user }]) => user !== `${owner}:${owner}`)
      .map(([name]) => `${volume}: ${name} cannot write to it`),
  ]
}

/** Where a service keeps what it writes; elsewhere it only reads. */
const isOwn = (path: string) => path === '/data' || path.startsWith('/secrets/')
