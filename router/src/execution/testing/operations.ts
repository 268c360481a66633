import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
  type OperationTypeNode,
  print,
} from 'graphql'

/** Chooses a number from 0 to `max`. */
export type Choose = (max: number) => number

export type RandomOperation = { query: string; variables: Record<string, unknown> }

/**
 * An operation over a schema: aliases, arguments as literals and variables, fragments of all kinds on objects,
 * interfaces and unions, fields asked for twice, @skip and @include. Almost always a valid one. Of the `aliases` given
 * some are used for anything, and the names of other fields, so that more of the operations are not valid.
 */
export function randomOperation(
  schema: GraphQLSchema,
  choose: Choose,
  aliases: readonly string[] = [],
): RandomOperation {
  const kinds = (['query', 'mutation'] as OperationTypeNode[]).filter((kind) => schema.getRootType(kind))
  // Queries are what plans are made of: three of four.
  const kind = kinds[choose(3) === 0 ? kinds.length - 1 : 0] as OperationTypeNode
  const root = schema.getRootType(kind) as GraphQLCompositeType
  const writer = new Writer(schema, choose, aliases)
  const selections = writer.selectionSet(root, 0)
  return {
    query: [`${kind} Random${writer.variableDefinitions()} ${selections}`, ...writer.fragments].join('\n'),
    variables: writer.variables,
  }
}

const deepest = 4

/** Values of scalars that are not any text. */
const samples: Record<string, string> = {
  Date: '2027-02-28',
  DateTime: '2027-02-28T10:00:00Z',
  Currency: 'EUR',
}

class Writer {
  readonly fragments: string[] = []
  readonly variables: Record<string, unknown> = {}
  readonly #definitions: string[] = []
  readonly #arguments = new Map<string, string>()
  readonly #schema: GraphQLSchema
  readonly #choose: Choose

  readonly #aliases: readonly string[]

  constructor(schema: GraphQLSchema, choose: Choose, aliases: readonly string[]) {
    this.#schema = schema
    this.#aliases = aliases
    this.#choose = choose
  }

  variableDefinitions(): string {
    return this.#definitions.length > 0 ? `(${this.#definitions.join(', ')})` : ''
  }

  selectionSet(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.#choose(depth === 0 ? 2 : 3)
    const selections = Array.from({ length: count }, () => this.#selection(type, depth))
    const written = selections.filter(Boolean)
    return `{ ${written.length > 0 ? written.join(' ') : '__typename'} }`
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const narrower = isAbstractType(type) ? 3 : 7
    if (depth < deepest && this.#choose(narrower) === 0) return this.#fragment(type, depth)
    if (isUnionType(type) || this.#choose(11) === 0) {
      return `${this.#choose(3) === 0 ? 'kind: ' : ''}__typename${this.#directive()}`
    }
    const fields = Object.values(type.getFields()).filter(
      (field) => depth < deepest || !isCompositeType(getNamedType(field.type)),
    )
    if (fields.length === 0) return '__typename'
    const field = fields[this.#choose(fields.length - 1)]
    return field ? this.#field(type, field, depth) : ''
  }

  #field(type: GraphQLCompositeType, field: GraphQLField<unknown, unknown>, depth: number): string {
    const alias = this.#alias(type, field)
    const named = getNamedType(field.type)
    const inside = isCompositeType(named) ? ` ${this.selectionSet(named, depth + 1)}` : ''
    return `${alias}${field.name}${this.#argumentsOf(`${type.name} ${alias}`, field)}${this.#directive()}${inside}`
  }

  #alias(type: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): string {
    if (this.#aliases.length > 0 && this.#choose(2) === 0) {
      const others = isUnionType(type) ? [] : Object.keys(type.getFields())
      const names = [...others, ...this.#aliases]
      return `${names[this.#choose(names.length - 1)]}: `
    }
    return ['', '', '', `${field.name}A: `, `${field.name}B: `][this.#choose(4)] ?? ''
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const narrower = isAbstractType(type) ? [...this.#schema.getPossibleTypes(type)] : type.getInterfaces()
    const types = [type, ...narrower]
    const on = types[this.#choose(types.length - 1)] as GraphQLCompositeType
    const inside = this.selectionSet(on, depth + 1)
    const form = this.#choose(3)
    if (form === 0 && on === type) return `...${this.#directive()} ${inside}`
    if (form !== 1) return `... on ${on.name}${this.#directive()} ${inside}`
    const name = `F${this.fragments.length}`
    this.fragments.push(`fragment ${name} on ${on.name} ${inside}`)
    const spread = `...${name}${this.#directive()}`
    return this.#choose(3) === 0 ? `${spread} ...${name}` : spread
  }

  #directive(): string {
    const which = this.#choose(15)
    if (which > 1) return ''
    const condition = ['true', 'false', this.#flag(), this.#flag()][this.#choose(3)]
    return ` @${which === 0 ? 'skip' : 'include'}(if: ${condition})`
  }

  #flag(): string {
    const name = `flag${this.#choose(1)}`
    if (!this.#definitions.some((definition) => definition.startsWith(`$${name}:`))) {
      const byDefault = this.#choose(2) === 0
      this.#definitions.push(`$${name}: Boolean${byDefault ? ` = ${this.#choose(1) === 0}` : '!'}`)
      if (!byDefault || this.#choose(1) === 0) this.variables[name] = this.#choose(1) === 0
    }
    return `$${name}`
  }

  /** The same field under the same name has the same arguments, or it could not be asked for twice. */
  #argumentsOf(where: string, field: GraphQLField<unknown, unknown>): string {
    const key = `${where}${field.name}`
    const known = this.#arguments.get(key)
    if (known !== undefined) return known
    const given = field.args.flatMap((arg) =>
      isNonNullType(arg.type) || this.#choose(1) === 0 ? [`${arg.name}: ${this.#argument(arg)}`] : [],
    )
    const written = given.length > 0 ? `(${given.join(', ')})` : ''
    this.#arguments.set(key, written)
    return written
  }

  #argument({ type }: GraphQLArgument): string {
    if (this.#choose(1) === 0) return this.#literal(type)
    const name = `v${this.#definitions.length}`
    this.#definitions.push(`$${name}: ${type}`)
    if (isNonNullType(type) || this.#choose(3) > 0) this.variables[name] = this.#json(type)
    return `$${name}`
  }

  #literal(type: GraphQLInputType): string {
    const literal = astFromValue(this.#json(type), type)
    return literal ? print(literal) : 'null'
  }

  #json(type: GraphQLInputType): unknown {
    if (isNonNullType(type)) return this.#json(type.ofType)
    if (isListType(type)) return [this.#json(type.ofType)]
    if (isInputObjectType(type)) {
      const needed = Object.values(type.getFields()).filter((field) => isNonNullType(field.type))
      return Object.fromEntries(needed.map((field) => [field.name, this.#json(field.type)]))
    }
    if (isEnumType(type)) return type.getValues()[0]?.name
    if (type.name === 'Boolean') return this.#choose(1) === 0
    if (['Int', 'Float', 'MinorUnits'].includes(type.name)) return this.#choose(9)
    return samples[type.name] ?? `${type.name} ${this.#choose(3)}`
  }
}
