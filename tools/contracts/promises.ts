import { glob, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Supergraph } from '@apollo/federation-internals'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { subgraphNames } from '../generate/graphql.ts'
import { compose } from '../generate/supergraph.ts'
import { eventFiles } from './events.ts'
import { API, inJson, type Promises, readAll, readFolder } from './files.ts'

/**
 * What the sources below `root` promise.
 * @throws in sentences where they do not compose
 */
export async function promisesOf(root: string): Promise<Promises> {
  const [events, documents, subgraphs, samples] = await Promise.all([
    eventFiles(root),
    documentsOf(root),
    subgraphsOf(root),
    readFolder(join(root, API, 'samples'), 'samples/'),
  ])
  const { supergraph, errors } = await compose(root)
  if (!supergraph) throw new Error(errors.join('\n'))
  return {
    'schema.graphql': publicSchema(supergraph.content),
    'errors.json': inJson(errorCodes(await readFile(join(root, 'docs/errors.md'), 'utf8'))),
    ...subgraphs,
    ...documents,
    ...events,
    ...samples,
  }
}

const publicSchema = (supergraph: string) =>
  `${printSchema(lexicographicSortSchema(Supergraph.build(supergraph).apiSchema().toGraphQLJSSchema()))}\n`

/** The codes that docs/errors.md names; a test of the router compares them with the code. */
const errorCodes = (text: string) =>
  [...new Set([...text.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code]) => code))].sort()

async function subgraphsOf(root: string): Promise<Promises> {
  const names = await subgraphNames(root)
  return readAll(
    names.map((name) => [`subgraphs/${name}.graphql`, join(root, 'subgraphs', name, 'schema.graphql')]),
  )
}

async function documentsOf(root: string): Promise<Promises> {
  const found = await Array.fromAsync(glob('subgraphs/*/src/adapters/*.operations.graphql', { cwd: root }))
  return readAll(
    found.sort().map((path) => {
      const [, caller] = path.split('/')
      const callee = basename(path, '.operations.graphql')
      return [`documents/${caller}-to-${callee}.graphql`, join(root, path)]
    }),
  )
}
