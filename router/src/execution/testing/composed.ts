import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable",
  "@inaccessible", "@external", "@requires", "@provides", "@interfaceObject", "@override"])\n`

/** The supergraph of these subgraphs, each by its name. */
export function composed(subgraphs: Readonly<Record<string, string>>): string {
  const { supergraphSdl, errors } = composeServices(
    Object.entries(subgraphs).map(([name, sdl]) => ({ name, url: '', typeDefs: parse(link + sdl) })),
  )
  if (!supergraphSdl) throw new Error(errors?.join('\n'))
  return supergraphSdl
}
