import { type GraphQLLeafType, type GraphQLOutputType, isListType, isNonNullType } from 'graphql'
import type { Outline } from './client-paths.ts'
import { type Data, isObject, type Path } from './data.ts'
import { compileLeaf } from './leaves.ts'

/** What is wrong with a place of a result: the schema does not allow what stands there, or it was never answered. */
export type Fault = {
  readonly message: string
  readonly path: Path
  /** Nobody has answered the field: one that may be null, or one for which its object becomes null. */
  readonly unanswered?: 'nullable' | 'non-null'
}

/** What was found out: by the subgraphs, of the schema itself, and which objects a subgraph does not know. */
export type Found = {
  readonly result: Data
  readonly introspected: Data | null
  readonly unknown: ReadonlySet<Data>
}

export type State = Omit<Found, 'result'> & {
  readonly faults: Fault[]
  /** Where the object is that is being shaped. */
  readonly path: (string | number)[]
}

/** Marks a value that is null and must not be: what contains it becomes null. */
export const invalid = Symbol('invalid')

/** Shapes one value; `key` is the name or index under which it stands. Null may become `invalid`, nothing else. */
export type ShapeValue = (value: unknown, key: string | number, state: State) => unknown

/** Adds one field to an object; false where the object has to become null. */
export type ShapeField = (input: Data, output: Data, state: State) => boolean

export type ShapeFields = {
  readonly create: () => Data
  readonly fields: readonly ShapeField[]
  readonly outline: Outline
}

/** By the `__typename` of an object; undefined where that is none that fits. */
export type FieldsFor = (typename: unknown) => ShapeFields | undefined

/** Compiles how a value of a type is shaped; `inside` has the fields of an object, `where` names the place. */
export function compileValue(
  type: GraphQLOutputType,
  inside: FieldsFor | undefined,
  where: string,
): ShapeValue {
  if (isNonNullType(type)) return nonNull(compileValue(type.ofType, inside, where), where)
  if (isListType(type)) return compileList(compileValue(type.ofType, inside, `an item of ${where}`), where)
  return inside ? shapeObject(inside, where) : compileScalar(type as GraphQLLeafType, where)
}

const shapeObject =
  (fieldsFor: FieldsFor, where: string): ShapeValue =>
  (value, key, state) => {
    if (value === null) return null
    if (!isObject(value)) return tell(state, key, `Invalid value found for ${where}.`)
    const shape = fieldsFor(value.__typename)
    if (!shape) return tell(state, key, `Invalid __typename found for ${where}.`)
    const output = shape.create()
    state.path.push(key)
    const valid = shapeAll(shape.fields, value, output, state)
    state.path.pop()
    return valid ? output : null
  }

/** Adds all fields to an object; false where one of them makes it null. */
export function shapeAll(fields: readonly ShapeField[], input: Data, output: Data, state: State): boolean {
  const { length } = state.faults
  let valid = true
  for (const field of fields) if (!field(input, output, state)) valid = false
  if (!valid) forgetUnanswered(state.faults, length)
  return valid
}

/**
 * An object that is null for some of its fields explains why those are not there that may be null: a subgraph that had to
 * make it null has answered none of them.
 */
function forgetUnanswered(faults: Fault[], from: number): void {
  const kept = faults.slice(from).filter(({ unanswered }) => unanswered !== 'nullable')
  faults.length = from
  for (const fault of kept) faults.push(fault)
}

const nonNull =
  (shape: ShapeValue, where: string): ShapeValue =>
  (value, key, state) => {
    const { length } = state.faults
    const shaped = shape(value, key, state)
    if (shaped !== null) return shaped
    // What became null for a fault inside it is told there.
    if (value === null || state.faults.length === length) {
      tell(state, key, `Cannot return null for non-nullable ${where}.`)
    }
    return invalid
  }

/** Shapes all items, also where one makes the list null: each may have a fault of its own. */
const compileList =
  (shape: ShapeValue, where: string): ShapeValue =>
  (value, key, state) => {
    if (value === null) return null
    if (!Array.isArray(value)) return tell(state, key, `Invalid value found for ${where}.`)
    const shaped = new Array(value.length)
    let valid = true
    state.path.push(key)
    for (let index = 0; index < value.length; index += 1) {
      const item = shape(value[index] ?? null, index, state)
      if (item === invalid) valid = false
      else shaped[index] = item
    }
    state.path.pop()
    return valid ? shaped : null
  }

function compileScalar(type: GraphQLLeafType, where: string): ShapeValue {
  const read = compileLeaf(type)
  return (value, key, state) => {
    if (value === null) return null
    const told = read(value)
    return told === undefined ? tell(state, key, `Invalid value found for ${where}.`) : told
  }
}

/** Notes a fault; the value becomes null. */
export function tell(state: State, key: string | number, message: string): null {
  state.faults.push({ message, path: [...state.path, key] })
  return null
}

/** Notes that nobody has answered a field. */
export function tellUnanswered(state: State, key: string, where: string, nullable: boolean): void {
  const path = [...state.path, key]
  const fault: Fault = nullable
    ? { message: `There is no answer for ${where}.`, path, unanswered: 'nullable' }
    : { message: `Cannot return null for non-nullable ${where}.`, path, unanswered: 'non-null' }
  state.faults.push(fault)
}
