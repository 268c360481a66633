import type { ObjectRow, OperationRow, Policy } from './policy.ts'
import type { Types } from './type-defs.ts'

/** Where a policy and a schema do not fit, in sentences; `found` are the types whose objects can be found by id. */
export function flawsOf(types: Types, policy: Policy, found: readonly string[]): string[] {
  return [
    ...(['Query', 'Mutation'] as const).flatMap((root) => {
      const fields = types.objects.get(root)?.fields ?? new Map()
      const rows = policy[root] ?? {}
      return [
        ...differences(root, [...fields.keys()], Object.keys(rows)),
        ...Object.entries(rows).flatMap(([field, row]) =>
          fields.has(field) ? flawsOfOperation(`${root}.${field}`, row, types, policy, found) : [],
        ),
      ]
    }),
    ...[...types.objects]
      .filter(([type, { isEntity }]) => isEntity && !policy.objects[type])
      .map(([type]) => `the entity ${type} has no row`),
    ...Object.entries(policy.objects).flatMap(([type, row]) => flawsOfObject(type, row, types)),
  ]
}

function differences(of: string, fields: readonly string[], rows: readonly string[]): string[] {
  return [
    ...fields.filter((field) => !rows.includes(field)).map((field) => `${of}.${field} has no row`),
    ...rows.filter((row) => !fields.includes(row)).map((row) => `the row ${of}.${row} has no field`),
  ]
}

function flawsOfObject(type: string, row: ObjectRow, types: Types): string[] {
  const object = types.objects.get(type)
  if (!object) return [`the row ${type} has no type`]
  // Which member of a union or interface an answer is, only its resolver knows.
  const abstract = [...types.unions].flatMap(([union, members]) => (members.includes(type) ? [union] : []))
  const hidden = row.seenBy.includes('anyone') ? [] : [...abstract, ...object.interfaces]
  return [
    ...differences(type, [...object.fields.keys()], row.fields),
    ...unknownWords(type, row.seenBy, row),
    ...hidden.map((name) => `${type} is not for everybody, so it cannot be one of ${name}: wrap it`),
  ]
}

function flawsOfOperation(
  of: string,
  row: OperationRow,
  types: Types,
  policy: Policy,
  found: readonly string[],
): string[] {
  if (!('for' in row)) return []
  const [root = '', field = ''] = of.split('.')
  const { returns = '', args = [] } = types.objects.get(root)?.fields.get(field) ?? {}
  const { type, id } = row.to
  const [argument = ''] = id.split('.')
  return [
    ...(found.includes(type) ? [] : [`${of} is about a ${type}, which cannot be found`]),
    ...(args.includes(argument) ? [] : [`${of} has no argument ${argument}`]),
    ...(types.unions.get(returns)?.includes('Forbidden') ? [] : [`${of} cannot answer Forbidden`]),
    ...unknownWords(of, row.by, policy.objects[type]),
  ]
}

const unknownWords = (of: string, words: readonly string[], row: ObjectRow | undefined) =>
  words
    .filter((word) => word.startsWith('its ') && !(row?.relations && word in row.relations))
    .map((word) => `${of}: nobody says what "${word}" means`)
