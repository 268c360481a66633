import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import { hash } from './hash.ts'
import { leaf } from './leaf.ts'

/** How a subgraph behaves: well, with errors of its resolvers, or so that its own schema does not hold. */
export type Manner = 'well' | 'errors' | 'lies'

type Variables = Record<string, unknown>
type Thing = { type: GraphQLObjectType; identity: string }
type Told = { message: string; path: (string | number)[]; extensions?: object }

/** A null that is not allowed where it is. */
class Missing extends Error {}

/**
 * A subgraph that makes up its data: what it answers depends on the seed, on what is asked, and on nothing else.
 * It is not graphql-js, because that one does not lie.
 */
export function createFakeSubgraph(name: string, schema: GraphQLSchema) {
  const documents = new Map<string, DocumentNode>()

  function answer(query: string, variables: Variables, seed: number, manner: Manner) {
    const document = documents.get(query) ?? parse(query, { noLocation: true })
    documents.set(query, document)
    return new Execution(name, schema, document, variables, seed, manner).answer()
  }
  return { name, answer }
}

class Execution {
  readonly #errors: Told[] = []
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  readonly #operation: OperationDefinitionNode
  readonly #name: string
  readonly #schema: GraphQLSchema
  readonly #variables: Variables
  readonly #seed: number
  readonly #manner: Manner

  constructor(
    name: string,
    schema: GraphQLSchema,
    { definitions }: DocumentNode,
    variables: Variables,
    seed: number,
    manner: Manner,
  ) {
    this.#name = name
    this.#schema = schema
    this.#seed = seed
    this.#manner = manner
    for (const one of definitions)
      if (one.kind === 'FragmentDefinition') this.#fragments.set(one.name.value, one)
    this.#operation = definitions.find((one) => one.kind === 'OperationDefinition') as OperationDefinitionNode
    const defaults = (this.#operation.variableDefinitions ?? []).flatMap((one) =>
      one.defaultValue ? [[one.variable.name.value, valueFromASTUntyped(one.defaultValue)]] : [],
    )
    this.#variables = { ...Object.fromEntries(defaults), ...variables }
  }

  answer(): object {
    const root = this.#schema.getRootType(this.#operation.operation) as GraphQLObjectType
    const data = this.#orNull(() =>
      this.#fields({ type: root, identity: root.name }, [this.#operation.selectionSet], []),
    )
    return this.#errors.length > 0 ? { errors: this.#errors, data } : { data }
  }

  #chance(among: number, ...of: unknown[]): boolean {
    return hash(this.#seed, this.#name, ...of) % among === 0
  }

  #orNull<Value>(work: () => Value): Value | null {
    try {
      return work()
    } catch (error) {
      if (error instanceof Missing) return null
      throw error
    }
  }

  #fields(thing: Thing, selectionSets: readonly SelectionSetNode[], path: (string | number)[]) {
    const collected = new Map<string, FieldNode[]>()
    for (const { selections } of selectionSets) this.#collect(thing, selections, collected)
    const result: Record<string, unknown> = {}
    for (const [responseName, nodes] of collected) {
      const value = this.#field(thing, nodes, [...path, responseName])
      if (value !== undefined) result[responseName] = value
    }
    return result
  }

  #collect(thing: Thing, selections: readonly SelectionNode[], collected: Map<string, FieldNode[]>) {
    for (const node of selections) {
      if (!this.#included(node)) continue
      if (node.kind === 'Field') {
        const responseName = node.alias?.value ?? node.name.value
        collected.set(responseName, [...(collected.get(responseName) ?? []), node])
        continue
      }
      const fragment = node.kind === 'FragmentSpread' ? this.#fragments.get(node.name.value) : node
      const condition = fragment?.typeCondition && this.#schema.getType(fragment.typeCondition.name.value)
      if (fragment && (!condition || this.#is(thing.type, condition))) {
        this.#collect(thing, fragment.selectionSet.selections, collected)
      }
    }
  }

  #is(type: GraphQLObjectType, condition: GraphQLNamedType): boolean {
    return type === condition || (isAbstractType(condition) && this.#schema.isSubType(condition, type))
  }

  #included({ directives = [] }: SelectionNode): boolean {
    return directives.every(({ name, arguments: given = [] }) => {
      const [condition] = given
      const value = condition && valueFromASTUntyped(condition.value, this.#variables)
      return name.value === 'skip' ? !value : name.value === 'include' ? value : true
    })
  }

  #field(thing: Thing, nodes: readonly FieldNode[], path: (string | number)[]): unknown {
    const [{ name, arguments: given = [] }] = nodes as [FieldNode]
    const field = name.value
    if (field === '__typename') return this.#typename(thing)
    if (field === '_entities') return this.#entities(nodes, path)
    if (field === 'id' && thing.identity.includes('-')) return thing.identity
    const type = thing.type.getFields()[field]?.type
    if (!type) throw new Error(`${this.#name} has no ${thing.type.name}.${field}`)
    const args = given.map((one) => [one.name.value, valueFromASTUntyped(one.value, this.#variables)])
    const of = [thing.identity, field, JSON.stringify(args)]

    if (this.#manner === 'errors' && this.#chance(12, 'error', ...of)) {
      this.#errors.push(this.#error(path, of))
      return this.#null(type)
    }
    if (this.#manner === 'lies') {
      if (this.#chance(25, 'missing', ...of)) return undefined
      if (this.#chance(25, 'null', ...of)) return null
      if (this.#chance(80, 'nonsense', ...of)) return [true, 1.5, 'nonsense', {}, [], [[]]][hash(...of) % 6]
    }
    return this.#value(type, hash('value', ...of), nodes, path)
  }

  #typename({ type, identity }: Thing): unknown {
    if (this.#manner !== 'lies' || !this.#chance(15, 'typename', identity)) return type.name
    const names = Object.keys(this.#schema.getTypeMap()).filter((one) => !one.startsWith('_'))
    return [...names, 'Nobody', undefined][hash(identity) % (names.length + 2)]
  }

  #error(path: (string | number)[], of: unknown[]): Told {
    const code = ['NOT_FOUND', 'FORBIDDEN', 'INVALID_GRAPHQL', undefined][hash('code', ...of) % 4]
    const told = { message: `no ${of.join(' ')}`, path }
    return code ? { ...told, extensions: { code, hint: 'more' } } : told
  }

  #null(type: GraphQLOutputType): null {
    if (isNonNullType(type)) throw new Missing()
    return null
  }

  #value(
    type: GraphQLOutputType,
    seed: number,
    nodes: readonly FieldNode[],
    path: (string | number)[],
  ): unknown {
    if (isNonNullType(type)) {
      const value = this.#value(type.ofType, seed, nodes, path)
      return value ?? this.#orMore(type, seed, nodes, path)
    }
    if (hash('null', seed) % 9 === 0) return null
    if (isListType(type)) {
      return this.#orNull(() =>
        Array.from({ length: hash('length', seed) % 5 }, (_, index) =>
          this.#value(type.ofType, hash(seed, index), nodes, [...path, index]),
        ),
      )
    }
    if (isLeafType(type)) return leaf(type, seed)
    const things = isObjectType(type) ? [type] : this.#schema.getPossibleTypes(type)
    const chosen = things[hash('type', seed) % things.length] as GraphQLObjectType
    const identity = 'id' in chosen.getFields() ? `${chosen.name}-${hash('id', seed) % 5}` : `${seed}`
    return this.#orNull(() => this.#thing({ type: chosen, identity }, nodes, path))
  }

  /** Something other than null, unless it has become null for an error inside it. */
  #orMore(
    type: GraphQLOutputType,
    seed: number,
    nodes: readonly FieldNode[],
    path: (string | number)[],
  ): unknown {
    const { length } = this.#errors
    for (let again = 1; again < 20; again += 1) {
      if (this.#errors.some((error) => path.every((step, index) => error.path[index] === step))) break
      const value = this.#value(isNonNullType(type) ? type.ofType : type, seed + again, nodes, path)
      if (value !== null) return value
      if (this.#errors.length > length) break
    }
    return this.#null(type)
  }

  #thing(thing: Thing, nodes: readonly FieldNode[], path: (string | number)[]) {
    return this.#fields(
      thing,
      nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
      path,
    )
  }

  #entities(nodes: readonly FieldNode[], path: (string | number)[]): unknown {
    const representations = this.#variables.representations as { __typename: string; id?: string }[]
    return representations.map((representation, index) => {
      const identity = representation.id ?? `${hash(JSON.stringify(representation))}`
      const type = this.#schema.getType(representation.__typename)
      if (!isObjectType(type)) {
        this.#errors.push({ message: `no type ${representation.__typename}`, path: [...path, index] })
        return null
      }
      if (this.#manner !== 'well' && this.#chance(15, 'entity', type.name, identity)) {
        this.#errors.push(this.#error([...path, index], [type.name, identity]))
        return null
      }
      return this.#orNull(() => this.#thing({ type, identity }, nodes, [...path, index]))
    })
  }
}
