import { GraphQLError } from 'graphql'

/** Relay's connection of nodes. */
export type Connection<Node> = {
  edges: { cursor: string; node: Node }[]
  pageInfo: {
    hasNextPage: boolean
    hasPreviousPage: boolean
    startCursor: string | null
    endCursor: string | null
  }
}

/** The most that a client may ask for at once. */
export const mostPerPage = 100

/** Which page a client asks for: `after` is the decoded cursor, the sort values of the last node it has. */
export type Page = { readonly first: number; readonly after: readonly (string | number)[] | null }

/**
 * Reads `first` and `after` of a connection field. Cursors are opaque to clients: the sort values of a node.
 * @throws GraphQLError BAD_USER_INPUT where `first` is not 0 to 100 or `after` is no cursor of this field.
 */
export function readPage(args: { first?: number | null; after?: string | null }, cursorLength: number): Page {
  const first = args.first ?? 20
  if (first < 0 || first > mostPerPage) throw badInput('first', `first must be between 0 and ${mostPerPage}`)
  return { first, after: args.after ? decodeCursor(args.after, cursorLength) : null }
}

/**
 * Makes a connection of rows that were read with `limit = page.first + 1`: the one too many tells that there is
 * a next page.
 */
export function toConnection<Row, Node>(
  page: Page,
  rows: readonly Row[],
  cursorOf: (row: Row) => readonly (string | number)[],
  toNode: (row: Row) => Node,
): Connection<Node> {
  const edges = rows
    .slice(0, page.first)
    .map((row) => ({ cursor: encodeCursor(cursorOf(row)), node: toNode(row) }))
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** Longer than any cursor that was ever handed out. */
const longestCursor = 1_000

function decodeCursor(cursor: string, length: number): (string | number)[] {
  try {
    if (cursor.length > longestCursor) throw new Error('too long')
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const valid = Array.isArray(values) && values.length === length && values.every(isSortValue)
    if (valid) return values
  } catch {
    // falls through to the refusal
  }
  throw badInput('after', 'after is not a cursor of this field')
}

/** Numbers are finite: JSON can say 1e999, which is read as infinite. */
const isSortValue = (value: unknown) => typeof value === 'string' || Number.isFinite(value)

/** A request that makes no sense where no result can say so; `field` names the argument that is at fault. */
export function badInput(field: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', field } })
}
