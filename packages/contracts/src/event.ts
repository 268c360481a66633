import { z } from 'zod'
import { withheldOptionalText, withheldText } from './values.ts'

/**
 * The published promise of one domain event. A published schema only grows: fields may be added as optional,
 * none is renamed, removed or given another meaning. A change that cannot be made so gets a new `version`.
 */
export type EventContract<Type extends string = string, Data = unknown> = {
  /** The subgraph that publishes it; also the name of its stream. */
  readonly context: string
  /** Past tense, PascalCase: `Booked`. */
  readonly type: Type
  /** Version of the schema, from 1. */
  readonly version: number
  readonly schema: z.ZodType<Data>
}

/** What an event of this contract carries. */
export type DataOf<Contract> = Contract extends EventContract<string, infer Data> ? Data : never

/** Defines the contract of one event of a context. */
export function defineEvent<const Type extends string, Data>(
  context: string,
  type: Type,
  schema: z.ZodType<Data>,
  version = 1,
): EventContract<Type, Data> {
  return { context, type, version, schema }
}

/** The fields of an event that are published without the text that they once carried, with what stands there instead. */
export function withheldFieldsOf({ schema }: EventContract): Record<string, '' | null> {
  const shape: Record<string, unknown> = schema instanceof z.ZodObject ? schema.shape : {}
  const fields: Record<string, '' | null> = {}
  for (const [name, field] of Object.entries(shape)) {
    if (field === withheldText) fields[name] = ''
    if (field === withheldOptionalText) fields[name] = null
  }
  return fields
}

/** An event of an aggregate that is to be published, at the version of the aggregate that it made. */
export type Announcement = {
  readonly contract: EventContract
  readonly aggregateId: string
  readonly version: number
  readonly data: unknown
}

/** What to announce; its data fit its contract. */
export function announcement<Data>(
  contract: EventContract<string, Data>,
  aggregateId: string,
  version: number,
  data: NoInfer<Data>,
): Announcement {
  return { contract, aggregateId, version, data }
}
