import { type GraphQLSchema, isObjectType } from 'graphql'
import { type Data, isObject } from './data.ts'

/** Adds what a subgraph answered to what is known of the same object. */
export type Merge = (known: Data, answered: Data) => void

/**
 * Lists of the same length are lists of the same things. What is known stays known: an answer of null takes nothing
 * away, and of an object whose type is known an interface object's subgraph tells no other. Otherwise the later answer
 * holds. Nothing is copied: the parts of `answered` become parts of `known`.
 */
export function createMerge(schema: GraphQLSchema): Merge {
  function merge(known: Data, answered: Data): void {
    for (const key of Object.keys(answered)) {
      const value = answered[key]
      if (value === undefined || key === '__proto__') continue
      const there = Object.hasOwn(known, key) ? known[key] : undefined
      if (there === value) continue
      if (key === '__typename' && typeof there === 'string' && isObjectType(schema.getType(there))) continue
      known[key] = there ? mergeValue(there, value) : value
    }
  }

  function mergeValue(there: unknown, value: unknown): unknown {
    if (value === null) return there
    if (isObject(there) && isObject(value)) merge(there, value)
    else if (Array.isArray(there) && Array.isArray(value) && there.length === value.length) {
      for (let index = 0; index < value.length; index += 1) {
        if (there[index] !== value[index]) there[index] = mergeValue(there[index], value[index])
      }
    } else return value
    return there
  }

  return merge
}
