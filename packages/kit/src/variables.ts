import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getVariableValues,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { fits } from './variable-check.ts'

type Variables = Readonly<Record<string, unknown>>

/** So many faults of one request's variables are told. */
const mostFaults = 50
/** How deeply the values of variables may be nested: more than any input of ours needs. */
const deepest = 100

/**
 * What is wrong with the variables of a request, as errors BAD_USER_INPUT; empty where they fit the operation. Asked
 * before anything is executed, so that nothing is half done.
 */
export function faultsOfVariables(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): readonly GraphQLError[] {
  const { variableDefinitions = [] } = operation
  if (variableDefinitions.length === 0) return []
  const deep = tooDeep(operation, variables)
  if (deep.length > 0) return deep
  if (!fits(schema, operation, variables)) {
    const { errors } = getVariableValues(schema, variableDefinitions, variables, { maxErrors: mostFaults })
    if (errors) return errors.map(asBadInput)
  }
  return misplacedNulls(schema, document, operation, variables)
}

/** What is wrong with variables besides what graphql-js finds before it executes. */
export function faultsBesides(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): readonly GraphQLError[] {
  const deep = tooDeep(operation, variables)
  return deep.length > 0 ? deep : misplacedNulls(schema, document, operation, variables)
}

/** An error of reading a request's variables, as clients are told it. */
export function asBadInput(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    originalError: error.originalError ?? error,
    extensions: { ...error.extensions, code: 'BAD_USER_INPUT' },
  })
}

/**
 * A nullable variable may stand where the schema takes no null, if one of the two has a default. The rules of the
 * specification let it pass, and a request that gives it null fails in the middle of its execution. This finds such
 * nulls before, in all that the request does not skip.
 */
function misplacedNulls(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): readonly GraphQLError[] {
  const nulls = nullsAmong(operation, variables)
  if (nulls.size === 0) return []
  const faults: GraphQLError[] = []
  const fragments = new Map(document.definitions.flatMap((node) => namedFragment(node)))
  const seen = new Set<string>()
  const open: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation]

  for (let node = open.pop(); node; node = open.pop()) {
    const types = new TypeInfo(schema)
    const enter = (selection: SelectionNode) => {
      if (isLeftOut(selection, operation, variables)) return false
      const name = selection.kind === Kind.FRAGMENT_SPREAD ? selection.name.value : undefined
      const fragment = name === undefined || seen.has(name) ? undefined : fragments.get(name)
      if (name !== undefined) seen.add(name)
      if (fragment) open.push(fragment)
    }
    visit(
      node,
      visitWithTypeInfo(types, {
        Field: enter,
        InlineFragment: enter,
        FragmentSpread: enter,
        VariableDefinition: () => false,
        Variable(variable) {
          const type = types.getInputType()
          const name = variable.name.value
          if (!nulls.has(name) || !isNonNullType(type) || faults.length === mostFaults) return
          const field = types.getArgument()?.name
          const told = `Variable "$${name}" is null, where ${type} is needed: give it a value, or leave it out.`
          faults.push(
            new GraphQLError(told, { nodes: variable, extensions: { code: 'BAD_USER_INPUT', field } }),
          )
        },
      }),
    )
  }
  return faults
}

const nullables = new WeakMap<
  OperationDefinitionNode,
  readonly { name: string; isNullUnlessGiven: boolean }[]
>()

/** The variables that may be null and are. */
function nullsAmong(operation: OperationDefinitionNode, variables: Variables): ReadonlySet<string> {
  let known = nullables.get(operation)
  if (!known) {
    const definitions = operation.variableDefinitions ?? []
    known = definitions
      .filter(({ type }) => type.kind !== Kind.NON_NULL_TYPE)
      .map(({ variable, defaultValue }) => ({
        name: variable.name.value,
        isNullUnlessGiven: defaultValue?.kind === Kind.NULL,
      }))
    nullables.set(operation, known)
  }
  let nulls: Set<string> | undefined
  for (const { name, isNullUnlessGiven } of known) {
    const given = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (given === null || (given === undefined && isNullUnlessGiven)) nulls = (nulls ?? new Set()).add(name)
  }
  return nulls ?? none
}

const none: ReadonlySet<string> = new Set()

/** Whether `@skip` or `@include` leaves a selection out; in the order in which graphql-js asks them. */
function isLeftOut(node: SelectionNode, operation: OperationDefinitionNode, variables: Variables): boolean {
  const valueIn = ({ name }: { name: string }) =>
    conditionOf(
      node.directives?.find((one) => one.name.value === name)?.arguments?.[0]?.value,
      operation,
      variables,
    )
  return valueIn(GraphQLSkipDirective) === true || valueIn(GraphQLIncludeDirective) === false
}

function conditionOf(
  node: ValueNode | undefined,
  operation: OperationDefinitionNode,
  variables: Variables,
): unknown {
  if (node?.kind !== Kind.VARIABLE) return node?.kind === Kind.BOOLEAN ? node.value : undefined
  const name = node.name.value
  if (Object.hasOwn(variables, name) && variables[name] !== undefined) return variables[name]
  const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)
  return conditionOf(definition?.defaultValue, operation, {})
}

const namedFragment = (node: DocumentNode['definitions'][number]): [string, FragmentDefinitionNode][] =>
  node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : []

function tooDeep(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Variables,
): GraphQLError[] {
  return variableDefinitions.flatMap((definition) => {
    const name = definition.variable.name.value
    if (!Object.hasOwn(variables, name) || !isNestedTooDeeply(variables[name])) return []
    const told = `Variable "$${name}" is nested too deeply: no input has more than ${deepest} levels.`
    return [new GraphQLError(told, { nodes: definition, extensions: { code: 'BAD_USER_INPUT' } })]
  })
}

/**
 * Whether values are nested so deeply that nothing of ours could mean them. Whatever goes into them one level after
 * the other, from the reading of variables to writing them for a subgraph, would come to the end of the stack.
 */
function isNestedTooDeeply(value: unknown, left = deepest): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (left === 0) return true
  if (Array.isArray(value)) return value.some((item) => isNestedTooDeeply(item, left - 1))
  for (const name in value) {
    if (isNestedTooDeeply((value as Record<string, unknown>)[name], left - 1)) return true
  }
  return false
}
