import type { CompositeType, Operation, OutputType, SelectionSet } from '@apollo/federation-internals'
import {
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isSubtype,
} from '@apollo/federation-internals'
import { compileCondition } from './conditions.ts'
import type { Data, Path } from './data.ts'
import { compileLeaf } from './leaves.ts'

/** What is wrong with a value: the schema does not allow it. */
export type Fault = { readonly message: string; readonly path: Path }

/** The result as the client asked for it: its fields, in its order, and nothing that the schema does not allow. */
export type Shaped = { readonly data: Data | null; readonly faults: readonly Fault[] }

type State = {
  readonly variables: Readonly<Record<string, unknown>>
  readonly faults: Fault[]
  /** Where the object is that is being shaped. */
  readonly path: (string | number)[]
  /** Whether the last value that became null did so for a fault that is told. */
  told: boolean
}

/** Marks a value that is null and must not be: what contains it becomes null. */
const invalid = Symbol('invalid')

/**
 * Shapes one value. `before` is what the same value became by an earlier selection of the same field: objects
 * are added to. `key` is the name or index under which it stands.
 */
type ShapeValue = (value: unknown, before: unknown, key: string | number, state: State) => unknown

/** Adds one selection to an object; false where the object has to become null. */
type ShapeField = (input: Data, output: Data, state: State) => boolean

/**
 * Compiles how results of an operation are shaped, for each type that an object may be of as it comes by. The
 * order of all that is done is that of `computeResponse` of @apollo/gateway, so that the same faults are found.
 */
export function compileShape(operation: Operation): (result: Data, variables: State['variables']) => Shaped {
  const schema = operation.schema()
  const root = schema.schemaDefinition.rootType(operation.rootKind)
  if (!root) throw new Error(`the schema has no type for a ${operation.rootKind}`)
  const rootType: CompositeType = root
  const objectNames = new Set([...schema.objectTypes()].map(({ name }) => name))
  const defaults = operation.collectDefaultedVariableValues()

  /** `typename` is what the object says it is, `parent` the type by which the selections are reached. */
  function compileSelections(
    selections: SelectionSet,
    parent: CompositeType,
    typename: string | undefined,
  ): ShapeField[] {
    const type = typename === undefined ? parent : schema.type(typename)
    return selections.selections().flatMap((selection): ShapeField[] => {
      const condition = compileCondition(selection.element)
      if (condition === false) return []
      let fields: ShapeField[]
      if (selection.kind === 'FieldSelection') {
        const { definition, name } = selection.element
        const responseName = selection.element.responseName()
        fields = [
          name === '__typename'
            ? compileTypename(responseName, parent)
            : compileField(responseName, definition.type as OutputType, selection.selectionSet, parent),
        ]
      } else {
        const { typeCondition } = selection.element
        const applies = !typeCondition || (type !== undefined && isSubtype(typeCondition, type))
        fields = applies ? compileSelections(selection.selectionSet, typeCondition ?? parent, typename) : []
      }
      return condition === true ? fields : [whenIncluded(condition, fields)]
    })
  }

  function compileTypename(name: string, parent: CompositeType): ShapeField {
    const otherwise = isObjectType(parent) ? parent.name : undefined
    return (input, output) => {
      if (output[name] !== undefined) return true
      const told = input[name] ?? input.__typename
      if (typeof told === 'string' && objectNames.has(told)) output[name] = told
      // A type that clients cannot see counts as none; an abstract one says nothing.
      else if (otherwise === undefined || (typeof told === 'string' && schema.type(told))) return false
      else output[name] = otherwise
      return true
    }
  }

  function compileField(
    name: string,
    type: OutputType,
    selections: SelectionSet | undefined,
    parent: CompositeType,
  ): ShapeField {
    const shape = compileValue(type, selections, parent)
    return (input, output, state) => {
      const before = output[name]
      if (before === null || (before !== undefined && !selections)) return true
      const value = shape(input[name] ?? null, before, name, state)
      output[name] = value === invalid ? null : value
      return value !== invalid
    }
  }

  function compileValue(
    type: OutputType,
    selections: SelectionSet | undefined,
    parent: CompositeType,
  ): ShapeValue {
    if (isNonNullType(type)) return compileNonNull(type.ofType, selections, parent)
    const shape = compileNullable(type, selections, parent)
    return (value, before, key, state) => {
      if (value !== null) return shape(value, before, key, state)
      state.told = false
      return null
    }
  }

  function compileNonNull(
    type: OutputType,
    selections: SelectionSet | undefined,
    parent: CompositeType,
  ): ShapeValue {
    const shape = compileValue(type, selections, parent)
    return (value, before, key, state) => {
      const shaped = shape(value, before, key, state)
      if (shaped !== null) return shaped
      if (!state.told) tell(state, key, `Cannot return null for non-nullable ${describe(key, type, parent)}.`)
      state.told = true
      return invalid
    }
  }

  function compileNullable(
    type: OutputType,
    selections: SelectionSet | undefined,
    parent: CompositeType,
  ): ShapeValue {
    if (isListType(type)) return compileList(type, compileValue(type.ofType, selections, parent))
    if (isCompositeType(type)) {
      if (!selections) throw new Error(`Invalid empty selection set for composite type ${type}`)
      return compileObject(type, selections, parent)
    }
    const fits = compileLeaf(schema, type)
    return (value, _before, key, state) => {
      if (fits(value)) return value
      tell(state, key, `Invalid value found for ${describe(key, type, parent)}.`)
      state.told = true
      return null
    }
  }

  function compileList(type: OutputType, shape: ShapeValue): ShapeValue {
    return (value, before, key, state) => {
      if (!Array.isArray(value))
        throw new Error(`Invalid non-list value ${value} returned by subgraph for list type ${type}`)
      const items = before as unknown[] | undefined
      const shaped = new Array(value.length)
      let valid = true
      state.path.push(key)
      for (let index = 0; index < value.length; index += 1) {
        const item = items?.[index]
        const one = item === null ? null : shape(value[index], item, index, state)
        if (one === invalid) valid = false
        else shaped[index] = one
      }
      state.path.pop()
      if (valid) return shaped
      state.told = true
      return null
    }
  }

  function compileObject(type: CompositeType, selections: SelectionSet, parent: CompositeType): ShapeValue {
    const byName = new Map<string, readonly ShapeField[]>()
    let unnamed: readonly ShapeField[] | undefined

    function fieldsFor(typename: unknown): readonly ShapeField[] | undefined {
      if (!typename) {
        unnamed ??= compileSelections(selections, type, undefined)
        return unnamed
      }
      if (typeof typename !== 'string') throw new Error(`Invalid non-string value ${typename} for __typename`)
      const known = byName.get(typename)
      if (known) return known
      const objectType = schema.type(typename)
      if (!objectType || !isCompositeType(objectType)) return undefined
      const fields = compileSelections(selections, objectType, typename)
      byName.set(typename, fields)
      return fields
    }

    return (value, before, key, state) => {
      if (typeof value !== 'object')
        throw new Error(`Invalid non-object value ${value} returned by subgraph for composite type ${type}`)
      // A list in place of an object has no fields, least of all those that every list inherits, `at` or `values`.
      const input: Data = Array.isArray(value) ? {} : (value as Data)
      const fields = fieldsFor(input.__typename)
      if (!fields) {
        tell(state, key, `Invalid __typename found for object at ${describe(key, type, parent)}.`)
        state.told = true
        return null
      }
      const output = (before ?? {}) as Data
      state.path.push(key)
      const valid = shapeAll(fields, input, output, state)
      state.path.pop()
      if (valid) return output
      state.told = true
      return null
    }
  }

  const byRootName = new Map<string | undefined, readonly ShapeField[]>()
  return (result, given) => {
    const typename = result.__typename ? String(result.__typename) : undefined
    const fields = byRootName.get(typename) ?? compileSelections(operation.selectionSet, rootType, typename)
    byRootName.set(typename, fields)
    const state: State = { variables: { ...defaults, ...given }, faults: [], path: [], told: false }
    const data: Data = {}
    return { data: shapeAll(fields, result, data, state) ? data : null, faults: state.faults }
  }
}

function shapeAll(fields: readonly ShapeField[], input: Data, output: Data, state: State): boolean {
  for (const field of fields) if (!field(input, output, state)) return false
  return true
}

const whenIncluded =
  (included: (variables: State['variables']) => boolean, fields: readonly ShapeField[]): ShapeField =>
  (input, output, state) =>
    !included(state.variables) || shapeAll(fields, input, output, state)

function tell(state: State, key: string | number, message: string): void {
  state.faults.push({ message, path: [...state.path, key] })
}

const describe = (key: string | number, type: OutputType, parent: CompositeType) =>
  typeof key === 'string' ? `field ${parent}.${key}` : `array element of type ${type} at index ${key}`
