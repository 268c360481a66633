/** Hive Gateway hands the client's authorization on to the subgraphs, like the others. */
export const gatewayConfig = {
  propagateHeaders: {
    fromClientToSubgraphs({ request }: { request: Request }) {
      return { authorization: request.headers.get('authorization') ?? '' }
    },
  },
}
