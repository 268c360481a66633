import { readFileSync } from 'node:fs'
import { type EnumValueDefinitionNode, Kind, parse } from 'graphql'

/**
 * How much depends on a subgraph: rooms are offered and booked by the core; a supporting one may be away without anybody
 * waiting for it.
 */
export type Rank = 'core' | 'general' | 'supporting'

export type RankedSubgraph = { readonly name: string; readonly rank: Rank }

/** The composed schema, and the subgraphs that it says it was composed of. */
export type Supergraph = { readonly sdl: string; readonly subgraphs: readonly RankedSubgraph[] }

/** Reads the supergraph of a file. @throws where there is none */
export const readSupergraph = (file: string): Supergraph => toSupergraph(readFileSync(file, 'utf8'))

/**
 * The supergraph that a text is. Which subgraphs there are stands in it, in the enum `join__Graph`, and as the description of each
 * what rank it has: there is no second list.
 */
export function toSupergraph(sdl: string): Supergraph {
  const subgraphs = parse(sdl, { noLocation: true })
    .definitions.flatMap((node) =>
      node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph' ? (node.values ?? []) : [],
    )
    .flatMap(subgraphOf)
  if (subgraphs.length === 0) throw new Error('This is no supergraph: it has no enum join__Graph')
  return { sdl, subgraphs }
}

function subgraphOf(value: EnumValueDefinitionNode): RankedSubgraph[] {
  const graph = value.directives?.find(({ name }) => name.value === 'join__graph')
  const name = graph?.arguments?.find((argument) => argument.name.value === 'name')?.value
  return name?.kind === Kind.STRING ? [{ name: name.value, rank: rankOf(value.description?.value) }] : []
}

/** One of which nothing is said is waited for. */
function rankOf(text: string | undefined): Rank {
  return text === 'core' || text === 'supporting' ? text : 'general'
}
