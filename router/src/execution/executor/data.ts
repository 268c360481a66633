/** An object of a result as it is put together from the answers of subgraphs. */
export type Data = { [name: string]: unknown }

/** A place in a result: names of fields and indices of lists. */
export type Path = readonly (string | number)[]

export function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whether every object has a property of this name by inheritance. A field or an alias may be called so; it
 * could not be told from one that is missing without asking every time.
 */
export const isInherited = (name: string) => name in Object.prototype
