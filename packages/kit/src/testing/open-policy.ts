import { readFileSync } from 'node:fs'
import { parse } from 'graphql'
import type { Policy } from '../policy.ts'
import { readTypes } from '../type-defs.ts'

/** A policy that lets everybody call and see all of a schema, for servers that stand for another one in a test. */
export function openPolicy(schemaFile: string): Policy {
  const { objects } = readTypes(parse(readFileSync(schemaFile, 'utf8')))
  const open = (root: string) =>
    Object.fromEntries(
      [...(objects.get(root)?.fields.keys() ?? [])].map((field) => [field, ['anyone']] as const),
    )
  const entities = [...objects].filter(([, { isEntity }]) => isEntity)
  return {
    Query: open('Query'),
    Mutation: open('Mutation'),
    objects: Object.fromEntries(
      entities.map(([type, { fields }]) => [type, { seenBy: ['anyone'], fields: [...fields.keys()] }]),
    ),
  }
}
