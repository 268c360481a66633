import type { Schema } from '@apollo/federation-internals'
import { namesIn } from './field-sets.ts'
import type { PrepareOptions } from './prepare.ts'

/** Finds in a supergraph which fields plans fetch for themselves, and how names begin that no field has. */
export function namesOfPlans(supergraph: Schema): PrepareOptions {
  const fields = supergraph.types().flatMap((type) => ('fields' in type ? [...type.fields()] : []))
  const fetchedByPlans = new Set<string>()
  for (const one of [...supergraph.types(), ...fields]) {
    for (const directive of one.appliedDirectives) {
      const { key, requires, provides }: Record<string, unknown> = directive.arguments()
      for (const text of [key, requires, provides]) {
        if (typeof text === 'string') for (const name of namesIn(text)) fetchedByPlans.add(name)
      }
    }
  }
  const names = fields.map(({ name }) => name)
  let prefix = '_a'
  while (names.some((name) => name.startsWith(prefix))) prefix = `_${prefix}`
  return { prefix, fetchedByPlans }
}
