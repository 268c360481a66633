import { join } from 'node:path'
import { createLogger } from '@myhotel/kit/logger'
import { subgraphServer } from '@myhotel/kit/serve'
import { runService } from '@myhotel/kit/service'
import { openPolicy } from '@myhotel/kit/testing/open-policy'

/** A subgraph as all are, with the least that one can do: it answers `pushKey` from memory. */
const log = createLogger('notification', 'warn')
const schemaFile = join(import.meta.dirname, '../subgraphs/notification/schema.graphql')
const server = subgraphServer({
  name: 'notification',
  schemaFile,
  policy: openPolicy(schemaFile),
  onRefused: () => {},
  resolvers: { Query: { pushKey: () => 'key' } },
  keys: process.env.IDENTITY_KEYS ?? '',
  port: Number(process.env.PORT),
  host: '127.0.0.1',
  log,
})
await runService(log, [server], { HOST: '127.0.0.1', MANAGEMENT_PORT: 0, DRAIN_MS: 0 })
