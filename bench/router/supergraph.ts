import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import { world } from './subgraphs/world.ts'

export const subgraphNames = Object.keys(world) as (keyof typeof world)[]

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires"])\n`

/** The supergraph of the subgraphs that listen at these addresses. */
export function composeSupergraph(urlOf: Record<string, string>): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphNames.map((name) => ({
      name,
      url: `${urlOf[name]}/graphql`,
      typeDefs: parse(link + readFileSync(join(import.meta.dirname, 'subgraphs', `${name}.graphql`), 'utf8')),
    })),
  )
  if (!supergraphSdl) throw new Error(errors?.join('\n'))
  return supergraphSdl
}
