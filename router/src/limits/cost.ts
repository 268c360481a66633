import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'

type Variables = Readonly<Record<string, unknown>>

/** What an operation costs with these variables, and the pages it asks for. Made once, asked at each request. */
export type Price = {
  cost(variables: Variables): number
  /** Each `first` of the operation. */
  pages(variables: Variables): number[]
}

/** Entries of a list that nobody gave a size: lines of a price, ranges of dates. */
const unsized = 3
/** Entries of a page where neither the client nor the schema says how many: as the subgraphs read it. */
const pageUnlessTold = 20

type Size = number | ((variables: Variables) => number)

/** A value that is `fixed` and the sum of earlier values, each as often as a size says. */
type Step = {
  readonly fixed: number
  readonly terms: readonly { readonly size: Size; readonly step: number }[]
}

/** What a selection costs once, and what each entry of the lists in it costs: the connection around it knows how many. */
type Parts = { readonly once: number; readonly each: number }

/**
 * Prices an operation: each object costs one, an object in a list one for each entry. How many entries there are
 * is said by `first` of the list or of the connection around it. The result is a straight list of sums, so that
 * the price of each request is a short loop however the fragments are nested.
 */
export function price(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Price {
  const steps: Step[] = []
  const pages: Size[] = []
  const step = (fixed: number, terms: Step['terms'] = []) => steps.push({ fixed, terms }) - 1
  const nothing = step(0)
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  }
  const defaults = new Map(
    operation.variableDefinitions?.map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue?.kind === Kind.INT ? Number(defaultValue.value) : undefined,
    ]),
  )

  const known = new Map<string, Parts>()
  function fragmentParts(name: string): Parts {
    const fragment = fragments.get(name)
    const parts =
      known.get(name) ??
      (fragment && selectionParts(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value)))
    if (!parts) return { once: nothing, each: nothing }
    known.set(name, parts)
    return parts
  }

  function selectionParts(selectionSet: SelectionSetNode, type: GraphQLNamedType | undefined): Parts {
    const all = selectionSet.selections.map((node): Parts => {
      if (node.kind === Kind.FIELD) return fieldParts(node, type)
      if (node.kind === Kind.FRAGMENT_SPREAD) return fragmentParts(node.name.value)
      const condition = node.typeCondition
      return selectionParts(node.selectionSet, condition ? schema.getType(condition.name.value) : type)
    })
    const total = (part: keyof Parts) => {
      const terms = all.map((one) => ({ size: 1, step: one[part] })).filter((term) => term.step !== nothing)
      return terms.length === 0 ? nothing : step(0, terms)
    }
    return { once: total('once'), each: total('each') }
  }

  function fieldParts(node: FieldNode, parent: GraphQLNamedType | undefined): Parts {
    const field = fieldOf(parent, node.name.value)
    const type = field && getNamedType(field.type)
    if (!field || !type || !node.selectionSet || !isCompositeType(type))
      return { once: nothing, each: nothing }
    const inner = selectionParts(node.selectionSet, type)
    const isList = isListType(getNullableType(field.type))
    const first = sizeOf(node, field)
    if (first !== undefined) pages.push(first)
    // The entries are those of the lists directly inside, unless the field is a list itself.
    const inside = first !== undefined && !isList ? first : unsized
    const one = step(1, [
      { size: 1, step: inner.once },
      { size: inside, step: inner.each },
    ])
    if (!isList) return { once: one, each: nothing }
    return first === undefined
      ? { once: nothing, each: one }
      : { once: step(0, [{ size: first, step: one }]), each: nothing }
  }

  /** What `first` of a field says, or undefined where the field has no such argument. */
  function sizeOf(node: FieldNode, field: GraphQLField<unknown, unknown>): Size | undefined {
    const definition = field.args.find(({ name }) => name === 'first')
    if (!definition) return undefined
    const unlessTold = typeof definition.defaultValue === 'number' ? definition.defaultValue : pageUnlessTold
    const value = node.arguments?.find(({ name }) => name.value === 'first')?.value
    if (value?.kind === Kind.INT) return Number(value.value)
    if (value?.kind !== Kind.VARIABLE) return value ? pageUnlessTold : unlessTold
    const name = value.name.value
    const given = defaults.get(name) ?? unlessTold
    return (variables) => {
      const asked = variables[name]
      if (asked === undefined) return given
      // What is no number is refused as a variable that does not fit.
      return typeof asked === 'number' ? asked : pageUnlessTold
    }
  }

  const root = selectionParts(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined)
  step(0, [
    { size: 1, step: root.once },
    { size: unsized, step: root.each },
  ])
  return {
    cost: (variables) => evaluate(steps, variables),
    pages: (variables) => pages.map((size) => resolved(size, variables)),
  }
}

function evaluate(steps: readonly Step[], variables: Variables): number {
  const values = new Float64Array(steps.length)
  steps.forEach(({ fixed, terms }, index) => {
    let value = fixed
    for (const { size, step } of terms) value += Math.max(0, resolved(size, variables)) * (values[step] ?? 0)
    values[index] = value
  })
  return values[steps.length - 1] ?? 0
}

const resolved = (size: Size, variables: Variables): number =>
  typeof size === 'number' ? size : size(variables)

const fieldOf = (type: GraphQLNamedType | undefined, name: string) =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined
