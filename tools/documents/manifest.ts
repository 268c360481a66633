import { createHash } from 'node:crypto'
import {
  type ASTNode,
  buildASTSchema,
  concatAST,
  type DirectiveNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  Source,
  separateOperations,
  UniqueFragmentNamesRule,
  UniqueOperationNamesRule,
  validate,
  visit,
} from 'graphql'

/** Persisted documents in the format of Apollo's tools; `id` is the SHA-256 of `body`. */
export type Manifest = {
  format: 'apollo-persisted-query-manifest'
  version: 1
  operations: { id: string; name: string; type: string; body: string }[]
}

/** A file of a client's, with operations, fragments or both. */
export type ClientFile = { readonly name: string; readonly text: string }

/** The schema that clients see of a supergraph: without what is marked @inaccessible. */
export function clientSchema(supergraph: string): GraphQLSchema {
  const visible = visit(parse(supergraph), {
    enter: (node: ASTNode) => (isHidden(node) ? null : undefined),
  })
  return buildASTSchema(visible, { assumeValid: true })
}

function isHidden(node: ASTNode): boolean {
  const directives =
    'directives' in node ? (node.directives as readonly DirectiveNode[] | undefined) : undefined
  return directives?.some(({ name }) => name.value === 'inaccessible') ?? false
}

/**
 * Each operation with the fragments that it uses, wherever they are defined.
 * @returns the manifest, or in sentences why there is none
 */
export function createManifest(schema: GraphQLSchema, files: readonly ClientFile[]): Manifest | string[] {
  const errors: string[] = []
  const documents: DocumentNode[] = []
  for (const { name, text } of files) {
    try {
      documents.push(parse(new Source(text, name)))
    } catch (error) {
      errors.push(error instanceof GraphQLError ? inSentence(error) : String(error))
    }
  }
  const all = concatAST(documents)
  const named = validate(schema, all, [UniqueOperationNamesRule, UniqueFragmentNamesRule])
  errors.push(...named.map(inSentence), ...all.definitions.filter(isNameless).map(nameless))
  if (errors.length > 0) return errors

  const operations = Object.entries(separateOperations(all)).map(([name, document]) => {
    errors.push(...validate(schema, document).map(inSentence))
    const body = print(document)
    const id = createHash('sha256').update(body).digest('hex')
    return { id, name, type: typeOf(document), body }
  })
  if (errors.length > 0) return [...new Set(errors)]
  operations.sort((one, other) => (one.name < other.name ? -1 : 1))
  return { format: 'apollo-persisted-query-manifest', version: 1, operations }
}

const isNameless = (node: ASTNode): node is OperationDefinitionNode =>
  node.kind === Kind.OPERATION_DEFINITION && !node.name
const nameless = ({ loc }: OperationDefinitionNode) =>
  `${loc?.source.name}: an operation needs a name, by which clients find its id`

const typeOf = ({ definitions }: DocumentNode): string =>
  definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)?.operation ?? 'query'

const inSentence = ({ message, source, nodes, locations }: GraphQLError) =>
  `${source?.name ?? nodes?.[0]?.loc?.source.name}:${locations?.[0]?.line ?? 1}: ${message}`
