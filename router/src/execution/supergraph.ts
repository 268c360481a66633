import { readFileSync } from 'node:fs'
import { type EnumValueDefinitionNode, Kind, parse } from 'graphql'

/** The composed schema, and the subgraphs that it says it was composed of. */
export type Supergraph = { readonly sdl: string; readonly subgraphs: readonly string[] }

/**
 * Reads a supergraph. Which subgraphs there are stands in it, in the enum `join__Graph`: there is no second
 * list.
 */
export function readSupergraph(file: string): Supergraph {
  const sdl = readFileSync(file, 'utf8')
  const subgraphs = parse(sdl, { noLocation: true })
    .definitions.flatMap((node) =>
      node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph' ? (node.values ?? []) : [],
    )
    .flatMap(nameOf)
  if (subgraphs.length === 0) throw new Error(`${file} is no supergraph: it has no enum join__Graph`)
  return { sdl, subgraphs }
}

function nameOf(value: EnumValueDefinitionNode): string[] {
  const graph = value.directives?.find(({ name }) => name.value === 'join__graph')
  const name = graph?.arguments?.find((argument) => argument.name.value === 'name')?.value
  return name?.kind === Kind.STRING ? [name.value] : []
}
