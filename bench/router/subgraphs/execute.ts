import {
  type ArgumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import type { Thing, Value, world } from './world.ts'

/**
 * Executes what gateways send to subgraphs, and little more, as fast as Node can: each operation is compiled once
 * into functions that write JSON. A real GraphQL server would take more of the machine than the gateway that is
 * measured.
 */
export function executorOf(fields: (typeof world)['guests']) {
  const compiled = new Map<string, (variables: Variables) => string>()

  return function execute(query: string, variables: Variables): string {
    let operation = compiled.get(query)
    if (!operation) {
      // Some gateways write a document anew for each request; none of them is worth keeping.
      if (compiled.size > 1_000) compiled.clear()
      operation = compile(query)
      compiled.set(query, operation)
    }
    return operation(variables)
  }

  function compile(query: string): (variables: Variables) => string {
    const { definitions } = parse(query, { noLocation: true })
    const operation = definitions.find(
      (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
    )
    if (!operation) throw new Error('the document has no operation')
    const fragments = new Map(
      definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
      ),
    )

    /** The fields that apply to a type, by the name that they have in the answer. */
    function collect(type: string, sets: readonly SelectionSetNode[], into = new Map<string, FieldNode[]>()) {
      for (const node of sets.flatMap(({ selections }) => selections)) {
        if (node.kind === Kind.FIELD) {
          if (node.directives?.length) throw new Error('directives are not known here')
          const key = node.alias?.value ?? node.name.value
          into.set(key, [...(into.get(key) ?? []), node])
          continue
        }
        const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node
        const condition = fragment?.typeCondition?.name.value
        if (fragment && (!condition || condition === type)) collect(type, [fragment.selectionSet], into)
      }
      return into
    }

    /** Writes objects of any type; what is selected of each is compiled when the first of its type comes. */
    function writerOf(sets: readonly SelectionSetNode[]): Writer {
      const byType = new Map<string, Writer>()
      return (thing, variables) => {
        let write = byType.get(thing.type)
        if (!write) {
          write = objectWriter(thing.type, sets)
          byType.set(thing.type, write)
        }
        return write(thing, variables)
      }
    }

    function objectWriter(type: string, sets: readonly SelectionSetNode[]): Writer {
      const parts = [...collect(type, sets)].map(([key, nodes], index) => {
        const begin = `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`
        return { begin, write: fieldWriter(type, nodes) }
      })
      return (thing, variables) => {
        let json = ''
        for (const { begin, write } of parts) json += begin + write(thing, variables)
        return `${json}}`
      }
    }

    function fieldWriter(type: string, nodes: readonly FieldNode[]): Writer {
      const [first] = nodes
      const name = first?.name.value ?? ''
      if (name === '__typename') return () => JSON.stringify(type)
      const below = writerOf(nodes.flatMap(({ selectionSet }) => selectionSet ?? []))
      if (name === '_entities') {
        const argument = first?.arguments?.[0]
        return (_, variables) => {
          const represented = argument ? (argumentValue(argument.value, variables) as Representation[]) : []
          return list(represented.map(thingOf), below, variables)
        }
      }
      const field = fields[type]?.[name]
      if (!field) throw new Error(`there is no field ${type}.${name}`)
      const args = first?.arguments ?? []
      return (thing, variables) => {
        const value = field(thing, args.length > 0 ? argumentsOf(args, variables) : nothing)
        if (typeof value !== 'object' || value === null) return JSON.stringify(value)
        return isList(value) ? list(value, below, variables) : below(value, variables)
      }
    }

    const write = writerOf([operation.selectionSet])
    return (variables) => `{"data":${write({ type: 'Query', id: 0 }, variables)}}`
  }
}

type Variables = Record<string, unknown>
type Writer = (thing: Thing, variables: Variables) => string
type Representation = { __typename: string; id: string }

const nothing = {}
const isList = (value: Exclude<Value, string | number | null>): value is readonly Thing[] =>
  Array.isArray(value)

const thingOf = (given: Representation): Thing => ({ type: given.__typename, id: Number(given.id), given })

function list(things: readonly Thing[], write: Writer, variables: Variables): string {
  let json = '['
  for (const [index, thing] of things.entries()) json += (index === 0 ? '' : ',') + write(thing, variables)
  return `${json}]`
}

function argumentsOf(args: readonly ArgumentNode[], variables: Variables): Variables {
  return Object.fromEntries(args.map(({ name, value }) => [name.value, argumentValue(value, variables)]))
}

function argumentValue(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.VARIABLE:
      return variables[node.name.value]
    case Kind.LIST:
      return node.values.map((value) => argumentValue(value, variables))
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, argumentValue(value, variables)]),
      )
    case Kind.NULL:
      return null
    default:
      return node.value
  }
}
