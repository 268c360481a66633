import { type Data, isObject } from './data.ts'

/**
 * Adds what a subgraph answered to what is known of the same object. Lists of the same length are lists of the
 * same things, else the later answer holds. Nothing is copied: the parts of `answered` become parts of `known`.
 */
export function merge(known: Data, answered: Data): void {
  for (const key of Object.keys(answered)) {
    const value = answered[key]
    if (value === undefined || key === '__proto__') continue
    const there = Object.hasOwn(known, key) ? known[key] : undefined
    if (there === value) continue
    if (there && isObject(value)) merge(there as Data, value)
    else if (Array.isArray(value) && Array.isArray(there) && value.length === there.length)
      mergeList(there, value)
    else known[key] = value
  }
}

function mergeList(known: unknown[], answered: readonly unknown[]): void {
  for (let index = 0; index < answered.length; index += 1) {
    const there = known[index]
    const value = answered[index]
    if (there === value) continue
    if (isObject(there) && isObject(value)) merge(there, value)
    else known[index] = value
  }
}
