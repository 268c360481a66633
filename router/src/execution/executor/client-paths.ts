import { type Data, isObject, type Path } from './data.ts'

/** The fields that a client asked of objects of one type, by the names that they have in plans. */
export type Outline = ReadonlyMap<string, OutlineField>

export type OutlineField = {
  /** The client's name for it. */
  readonly name: string
  readonly field: string
  readonly inside: OutlineOf | undefined
}

/** By the `__typename` of an object; undefined where that is none. */
export type OutlineOf = (typename: unknown) => Outline | undefined

/** Where a path of a plan's names leads. */
export type Located = {
  /** As far as the client asked. */
  readonly path: Path
  /** The first name that the client did not ask for and the plan did, among what the client asked of the same object. */
  readonly beyond: string | undefined
  readonly among: Outline
}

const nothing: Outline = new Map()

/**
 * Finds a place for a client. Objects that are there say of which type they are; where one is missing, all that
 * could have been asked of it counts.
 */
export function locate(
  outline: OutlineOf,
  result: Data,
  path: Path,
  clientName: (planned: string) => string,
): Located {
  const found: (string | number)[] = []
  let value: unknown = result
  let current: OutlineOf | undefined = outline
  for (const step of path) {
    if (typeof step === 'number') {
      value = Array.isArray(value) ? value[step] : undefined
      found.push(step)
      continue
    }
    const object: Data | undefined = isObject(value) ? value : undefined
    const among: Outline = current?.(object?.__typename) ?? nothing
    const field: OutlineField | undefined = among.get(step)
    if (!field && object)
      return { path: found, beyond: Object.hasOwn(object, step) ? step : undefined, among }
    found.push(field?.name ?? clientName(step))
    value = object?.[step]
    current = field?.inside
  }
  return { path: found, beyond: undefined, among: nothing }
}
