import type { ApolloServerOptions, ApolloServerPlugin, BaseContext } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { Logger } from './logger.ts'

/**
 * What each of our Apollo servers has in common: nothing of Apollo's that works on every field (cache control,
 * traces), that reports to Apollo or loads pages from it, or that ends the process on a signal: `runService` does
 * that, in order.
 */
export function plainApollo(log: Logger) {
  return {
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      refuseStrangeHashes,
    ],
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
  } satisfies Partial<ApolloServerOptions<BaseContext>>
}

/** A hash that is no text: Apollo looks for whatever it is given, and refuses only versions that it does not know. */
const refuseStrangeHashes: ApolloServerPlugin = {
  async requestDidStart({ request: { extensions } }) {
    const asked = extensions?.persistedQuery
    if (asked && typeof asked.sha256Hash !== 'string') extensions.persistedQuery = { version: 'of no text' }
  },
}
