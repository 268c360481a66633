import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type SelectionSetNode,
} from 'graphql'
import { isIntrospection, type Prepared } from '../planning/prepare.ts'
import type { Outline, OutlineField } from './client-paths.ts'
import { createCollect, type Group } from './collect.ts'
import { type Data, isInherited } from './data.ts'
import {
  compileValue,
  type Fault,
  type FieldsFor,
  type Found,
  invalid,
  type ShapeField,
  type ShapeFields,
  type State,
  shapeAll,
  tell,
  tellUnanswered,
} from './shape-values.ts'

export type { Fault } from './shape-values.ts'

/** The result as the client asked for it: its fields, in its order, and nothing that the schema does not allow. */
export type Shaped = { readonly data: Data | null; readonly faults: readonly Fault[] }

const nothing: ShapeFields = { create: () => ({}), fields: [], outline: new Map() }

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
      if (given === undefined && !state.unknown.has(input)) {
        tellUnanswered(state, name, where, nullable)
        output[name] = null
        return nullable
      }
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
