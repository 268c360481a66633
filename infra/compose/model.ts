import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'

/** A service, as far as it matters here. */
export type Service = {
  image?: string
  user?: string
  read_only?: boolean
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  pull_policy?: string
  restart?: string
  entrypoint?: string[]
  command?: string[]
  environment?: Record<string, string>
  ports?: string[]
  /** `VOLUME-OR-FILE:PATH[:ro]` */
  volumes?: string[]
  network_mode?: string
  healthcheck?: object
  depends_on?: Record<string, { condition: string }>
}

/** What compose.yaml says, with what it includes; files of this repository have absolute paths. */
export type Model = { services: Record<string, Service>; volumes: Record<string, null> }

/** The files of a model, parsed: the given one, and those that it includes. */
export function documentsOf(file: string): { file: string; content: Model & { include?: string[] } }[] {
  const content = parse(readFileSync(file, 'utf8'), { merge: true })
  const included: string[] = content.include ?? []
  return [{ file, content }, ...included.flatMap((one) => documentsOf(join(dirname(file), one)))]
}

/** The model of a compose.yaml, as Compose puts it together. */
export function readModel(file: string): Model {
  const model: Model = { services: {}, volumes: {} }
  for (const { file: from, content } of documentsOf(file)) {
    Object.assign(model.volumes, content.volumes)
    for (const [name, service] of Object.entries(content.services)) {
      const volumes = service.volumes?.map((one) => (one.startsWith('.') ? join(dirname(from), one) : one))
      model.services[name] = { ...service, ...(volumes ? { volumes } : {}) }
    }
  }
  return model
}

/** What a service mounts where. */
export const mountsOf = ({ volumes = [] }: Service) =>
  volumes.map((one) => {
    const [source = '', path = '', mode] = one.split(':')
    return { source, path, isWritable: mode !== 'ro', isFile: source.startsWith('/') }
  })
