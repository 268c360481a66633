import { createRequire } from 'node:module'

/**
 * Plans are read as this version of the planner writes them. Before it is raised here, the tests that compare the
 * router with a monolith have to pass with the new one.
 */
const knownVersion = '2.14.4'

const require = createRequire(import.meta.url)
const versions = ['@apollo/query-planner', '@apollo/federation-internals'].map(
  (name): string => require(`${name}/package.json`).version,
)

/** What is wrong with the version that is installed; null where nothing is. */
export const versionFault = versions.every((version) => version === knownVersion)
  ? null
  : `@apollo/query-planner and @apollo/federation-internals are ${versions.join(' and ')}, not ${knownVersion}`
