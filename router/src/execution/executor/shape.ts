import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type SelectionSetNode,
} from 'graphql'
import { isIntrospection, type Prepared } from '../planning/prepare.ts'
import type { Outline, OutlineField } from './client-paths.ts'
import { createCollect, type Group } from './collect.ts'
import { type Data, isInherited, isObject, type Path } from './data.ts'
import { compileLeaf } from './leaves.ts'

/** What is wrong with a place of a result: the schema does not allow what stands there, or it was never answered. */
export type Fault = { readonly message: string; readonly path: Path }

/** The result as the client asked for it: its fields, in its order, and nothing that the schema does not allow. */
export type Shaped = { readonly data: Data | null; readonly faults: readonly Fault[] }

/** What was found out: by the subgraphs, of the schema itself, and which objects a subgraph does not know. */
export type Found = {
  readonly result: Data
  readonly introspected: Data | null
  readonly unknown: ReadonlySet<Data>
}

type State = Omit<Found, 'result'> & {
  readonly faults: Fault[]
  /** Where the object is that is being shaped. */
  readonly path: (string | number)[]
}

const nothing: ShapeFields = { create: () => ({}), fields: [], outline: new Map() }

/** Marks a value that is null and must not be: what contains it becomes null. */
const invalid = Symbol('invalid')

/** Shapes one value; `key` is the name or index under which it stands. Null may become `invalid`, nothing else. */
type ShapeValue = (value: unknown, key: string | number, state: State) => unknown

/** Adds one field to an object; false where the object has to become null. */
type ShapeField = (input: Data, output: Data, state: State) => boolean

type ShapeFields = {
  readonly create: () => Data
  readonly fields: readonly ShapeField[]
  readonly outline: Outline
}

/** By the `__typename` of an object; undefined where that is none that fits. */
type FieldsFor = (typename: unknown) => ShapeFields | undefined

/** How results of an operation are shaped, and what the client asked for at the root of it. */
export type Shape = { readonly shape: (found: Found) => Shaped; readonly outline: Outline }

/** Compiles it for each type that an object may be of as it comes by. */
export function compileShape(schema: GraphQLSchema, { asked, plannedName }: Prepared): Shape {
  const { operation } = asked
  const collect = createCollect(schema, asked)
  const rootType = schema.getRootType(operation.operation)
  if (!rootType) throw new Error(`the schema has no type for a ${operation.operation}`)

  function compileSelections(
    selectionSets: readonly SelectionSetNode[],
    parent: GraphQLCompositeType,
    runtime: GraphQLObjectType | undefined,
  ): ShapeFields | undefined {
    const { groups, depends } = collect(selectionSets, parent, runtime)
    if (depends) return undefined
    const outline = new Map<string, OutlineField>()
    // A name that every object has by inheritance cannot be given to one in any other way.
    const create = [...groups.keys()].some(isInherited) ? () => Object.create(null) : () => ({})
    const fields = [...groups].map(([name, group]) => compileField(name, group, runtime, outline))
    return { create, fields, outline }
  }

  function compileField(
    name: string,
    { nodes, parent }: Group,
    runtime: GraphQLObjectType | undefined,
    outline: Map<string, OutlineField>,
  ): ShapeField {
    const [node] = nodes as [FieldNode]
    if (node.name.value === '__typename') return compileTypename(name, parent, runtime)
    if (parent === rootType && isIntrospection(node)) {
      return (_, output, { introspected }) => {
        output[name] = introspected?.[name] ?? null
        return true
      }
    }
    const type = isUnionType(parent) ? undefined : parent.getFields()[node.name.value]?.type
    if (!type) throw new Error(`${parent} has no field ${node.name.value}`)
    const planned = plannedName(node)
    const where = `field ${parent}.${node.name.value}`
    const nullable = !isNonNullType(type)
    const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
    const inside =
      selectionSets.length > 0
        ? compileObject(getNamedType(type) as GraphQLCompositeType, selectionSets)
        : undefined
    const shape = compileValue(type, inside, where)
    outline.set(planned, {
      name,
      field: node.name.value,
      inside: inside && ((typename) => inside(typename)?.outline),
    })
    return (input, output, state) => {
      const given = input[planned]
      if (given === undefined && nullable && !state.unknown.has(input))
        tell(state, name, `There is no answer for ${where}.`)
      const value = shape(given ?? null, name, state)
      output[name] = value === invalid ? null : value
      return value !== invalid
    }
  }

  function compileTypename(
    name: string,
    parent: GraphQLCompositeType,
    runtime: GraphQLObjectType | undefined,
  ): ShapeField {
    return (_, output, state) => {
      output[name] = runtime?.name
      if (!runtime) tell(state, name, `Nobody knows the type of this ${parent}.`)
      return runtime !== undefined
    }
  }

  function compileObject(type: GraphQLCompositeType, inside: readonly SelectionSetNode[]): FieldsFor {
    const compiled = new Map<unknown, ShapeFields>()

    function compile(typename: unknown): ShapeFields | undefined {
      if (typename === undefined)
        return compileSelections(inside, type, isObjectType(type) ? type : undefined)
      const named = typeof typename === 'string' ? schema.getType(typename) : undefined
      // An interface object, whose own type nobody had to ask for.
      if (isInterfaceType(named) && !isObjectType(type)) return compileSelections(inside, type, undefined)
      const fits =
        isObjectType(named) && (named === type || (isAbstractType(type) && schema.isSubType(type, named)))
      return fits ? compileSelections(inside, type, named) : undefined
    }

    return (typename) => {
      const known = compiled.get(typename ?? undefined)
      if (known) return known
      const fields = compile(typename ?? undefined)
      if (fields) compiled.set(typename ?? undefined, fields)
      return fields
    }
  }

  const { create, fields, outline } =
    compileSelections([operation.selectionSet], rootType, rootType) ?? nothing
  return {
    shape({ result, ...found }) {
      const state: State = { ...found, faults: [], path: [] }
      const data = create()
      return { data: shapeAll(fields, result, data, state) ? data : null, faults: state.faults }
    },
    outline,
  }
}

function compileValue(type: GraphQLOutputType, inside: FieldsFor | undefined, where: string): ShapeValue {
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

function shapeAll(fields: readonly ShapeField[], input: Data, output: Data, state: State): boolean {
  let valid = true
  for (const field of fields) if (!field(input, output, state)) valid = false
  return valid
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

function tell(state: State, key: string | number, message: string): null {
  state.faults.push({ message, path: [...state.path, key] })
  return null
}
