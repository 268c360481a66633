/** The part of JSON Schema that events use. */
export type Schema = {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
}

/** They say nothing of which values there may be. */
const REMARKS = ['$schema', 'title', 'description', 'default']
const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'] as const
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'] as const
const KNOWN: readonly string[] = [
  ...['type', 'const', 'enum', 'anyOf', 'properties', 'required', 'additionalProperties', 'items'],
  ...['format', 'pattern', ...LOWER, ...UPPER, ...REMARKS],
]

/**
 * Why somebody who takes in what fits `read` would refuse some of what fits `written`: a sentence for each place. None
 * where all of it is taken in.
 * @throws where a schema says something that this does not know: nothing is passed that was not looked at
 */
export function refusals(written: Schema, read: Schema, at = 'data'): string[] {
  for (const keyword of [...Object.keys(written), ...Object.keys(read)]) {
    if (!KNOWN.includes(keyword)) throw new Error(`${at}: "${keyword}" of JSON Schema is not known here`)
  }
  return choicesOf(written).flatMap((choice) => {
    const tried = choicesOf(read).map((other) => refusalsOfOne(choice, other, at))
    if (tried.some((flaws) => flaws.length === 0)) return []
    const [only] = tried
    return tried.length === 1 && only ? only : [`${at}: ${inWords(choice)} is not taken in`]
  })
}

/** A schema of one type. */
type Choice = Schema & { readonly type?: string }

function choicesOf(schema: Schema): readonly Choice[] {
  if (schema.anyOf) return schema.anyOf.flatMap(choicesOf)
  const { type, ...rest } = schema
  if (type === undefined) return [rest]
  return [type].flat().map((one) => ({ ...rest, type: one }))
}

function refusalsOfOne(written: Choice, read: Choice, at: string): string[] {
  const values = valuesOf(written)
  const taken = valuesOf(read)
  if (values && taken) {
    const strange = values.filter((value) => !taken.includes(value))
    return strange.map((value) => `${at}: ${JSON.stringify(value)} is not taken in`)
  }
  if (taken) return [`${at}: ${inWords(written)} is not taken in, only some values are`]
  if (read.type && !isOfType(written, read.type)) {
    return [`${at}: ${inWords(written)} is not taken in, ${inWords(read)} is`]
  }
  return [
    ...limits(written, read, at),
    ...(read.properties ? ofProperties(written, read, at) : []),
    ...(read.items ? refusals(written.items ?? {}, read.items, `${at}[]`) : []),
  ]
}

function ofProperties(written: Schema, read: Schema, at: string): string[] {
  const { properties = {}, required = [] } = written
  const missing = (read.required ?? []).filter((name) => !required.includes(name))
  const strange =
    read.additionalProperties === false
      ? Object.keys(properties).filter((name) => !(name in (read.properties ?? {})))
      : []
  return [
    ...missing.map((name) => `${at}.${name}: needed, and may be missing`),
    ...strange.map((name) => `${at}.${name}: is not taken in`),
    ...Object.entries(read.properties ?? {}).flatMap(([name, property]) => {
      const own = properties[name]
      return own ? refusals(own, property, `${at}.${name}`) : []
    }),
  ]
}

function limits(written: Schema, read: Schema, at: string): string[] {
  const values = valuesOf(written)
  const narrower = [
    ...LOWER.filter((limit) => (read[limit] ?? -Infinity) > (written[limit] ?? -Infinity)),
    ...UPPER.filter((limit) => (read[limit] ?? Infinity) < (written[limit] ?? Infinity)),
    ...(['format', 'pattern'] as const).filter((form) => read[form] && read[form] !== written[form]),
  ]
  const kept = (limit: string) => values?.every((value) => keepsLength(value, limit, read))
  return narrower
    .filter((limit) => !kept(limit))
    .map((limit) => `${at}: is not taken in without ${limit} ${read[limit]}`)
}

/** Values that are listed can be looked at themselves, as far as their length is asked for. */
function keepsLength(value: unknown, limit: string, { minLength = 0, maxLength = Infinity }: Schema) {
  const isLength = limit === 'minLength' || limit === 'maxLength'
  return isLength && typeof value === 'string' && value.length >= minLength && value.length <= maxLength
}

const valuesOf = (schema: Schema) => ('const' in schema ? [schema.const] : schema.enum)

function isOfType(written: Choice, type: string): boolean {
  const values = valuesOf(written)
  if (values) return values.every((value) => typeOf(value) === type)
  return written.type === type || (written.type === 'integer' && type === 'number')
}

const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

const inWords = (schema: Choice) =>
  valuesOf(schema)
    ?.map((value) => JSON.stringify(value))
    .join(' or ') ??
  schema.type ??
  'anything'
