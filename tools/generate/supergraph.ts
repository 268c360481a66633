import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { composeServices } from '@apollo/composition'
import { type GraphQLError, parse, Source } from 'graphql'
import { nonNullContributions } from './contributions.ts'
import type { GeneratedFile } from './files.ts'
import { gatewayLimits } from './gateway-limits.ts'
import { subgraphNames } from './graphql.ts'

/** A supporting subgraph may be away without anybody waiting for it; the others are waited for. */
const RANKS = ['core', 'general', 'supporting']

/** The composed supergraph, or every reason why there is none; hints are worth reading, but no errors. */
export type Composition = { supergraph?: GeneratedFile; errors: string[]; hints: string[] }

/**
 * Composes all subgraphs/<name>/schema.graphql into router/supergraph.graphql, without a network. The URLs in
 * it are placeholders of the form http://<name>:4000/graphql; the router takes them from its environment.
 */
export async function compose(root: string): Promise<Composition> {
  const names = await subgraphNames(root)
  const services = await Promise.all(
    names.map(async (name) => {
      const file = join(root, 'subgraphs', name, 'schema.graphql')
      const typeDefs = parse(new Source(await readFile(file, 'utf8'), file))
      return { name, url: `http://${name}:4000/graphql`, typeDefs }
    }),
  )
  const limits = services.flatMap(({ name, typeDefs }) =>
    gatewayLimits(typeDefs).map((why) => `${name}: ${why}`),
  )
  limits.push(...nonNullContributions(services))
  const { supergraphSdl, errors = [], hints = [] } = composeServices(services)
  const path = join(root, 'router/supergraph.graphql')
  const { ranks, flaws } = await ranksOf(root, names)
  limits.push(...flaws)
  const composed = supergraphSdl !== undefined && limits.length === 0
  return {
    ...(composed && { supergraph: { path, content: `${withRanks(supergraphSdl, ranks)}\n` } }),
    errors: [...limits, ...errors.map(readable)],
    hints: hints.map(
      ({ definition, message }) => `${definition.code}: ${message.replace(/[.]\s[\s\S]*/, '.')}`,
    ),
  }
}

/** What each subgraph's package.json says of its rank. */
async function ranksOf(root: string, names: readonly string[]) {
  const ranks = new Map<string, string>()
  const flaws: string[] = []
  for (const name of names) {
    const { rank } = JSON.parse(await readFile(join(root, 'subgraphs', name, 'package.json'), 'utf8'))
    if (RANKS.includes(rank)) ranks.set(name, rank)
    else flaws.push(`${name}: its package.json has to say "rank", one of ${RANKS.join(', ')}`)
  }
  return { ranks, flaws }
}

/** The supergraph with the rank of each subgraph as the description of its name, where the router reads it. */
function withRanks(sdl: string, ranks: ReadonlyMap<string, string>): string {
  return sdl.replace(
    /^( *)(\w+ @join__graph\(name: "(\w+)")/gm,
    (_, indent: string, value: string, name: string) =>
      `${indent}"""${ranks.get(name)}"""\n${indent}${value}`,
  )
}

function readable(error: GraphQLError): string {
  const at = error.nodes?.map((node) => ('subgraph' in node ? `${node.subgraph}` : '')).filter(Boolean)
  const where = at && at.length > 0 ? ` (${[...new Set(at)].join(', ')})` : ''
  return `${error.extensions.code ?? 'INVALID'}: ${error.message}${where}`
}
