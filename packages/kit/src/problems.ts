/** One thing that is wrong with an input. */
export type InputProblem = { readonly field: string; readonly message: string; readonly code: string }

/** The code of a problem that has no code of its own. */
const unnamed = 'INVALID'

type Refused = {
  readonly field: string
  readonly message: string
  readonly problems?: readonly InputProblem[]
}

/**
 * Resolvers of the type InvalidInput, which all subgraphs share: a refusal that does not list its problems has the one
 * that it states.
 */
export const invalidInputFields = {
  problems: ({ field, message, problems }: Refused): readonly InputProblem[] =>
    problems ?? [{ field, message, code: unnamed }],
}
