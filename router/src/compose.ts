import { ApolloServer } from '@apollo/server'
import { plainApollo } from '@myhotel/kit/apollo'
import { httpServer } from '@myhotel/kit/http'
import { createSigner } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import type { RouterEnv } from './env.ts'
import type { RouterContext } from './exchange.ts'
import { presentError } from './execution/errors.ts'
import { createGateway } from './execution/gateway.ts'
import { createReadYourWrites } from './execution/read-your-writes.ts'
import { createSubgraph } from './execution/subgraph.ts'
import { createCors } from './http/cors.ts'
import { createFrontDoor } from './http/front-door.ts'
import { createUsers } from './identity/users.ts'

/** The router of the parts that its environment asks for. */
export async function compose(env: RouterEnv, log: Logger): Promise<Part[]> {
  const sign = await createSigner(env.IDENTITY_PRIVATE_KEY)
  const subgraphs = env.subgraphs.map(({ name, urls }) =>
    createSubgraph({ name, urls, sign, timeoutMs: env.SUBGRAPH_TIMEOUT_MS, log }),
  )
  const users = createUsers({
    issuer: env.TOKEN_ISSUER,
    token: {
      audiences: env.TOKEN_AUDIENCE,
      audienceClaim: env.TOKEN_AUDIENCE_CLAIM,
      type: env.TOKEN_TYPE ?? null,
      rolesClaim: env.ROLES_CLAIM,
    },
    log,
  })
  const apollo = new ApolloServer<RouterContext>({
    ...plainApollo(log),
    gateway: createGateway({
      supergraph: env.supergraph,
      sourceOf: (name) => {
        const subgraph = subgraphs.find((one) => one.name === name)
        if (!subgraph) throw new Error(`the environment knows no subgraph ${name}`)
        return subgraph
      },
      log,
    }),
    introspection: env.INTROSPECTION,
    hideSchemaDetailsFromClientErrors: !env.INTROSPECTION,
    formatError: presentError(log),
  })
  const handle = createFrontDoor({
    apollo,
    users,
    readYourWrites: createReadYourWrites(),
    cors: createCors(env.CORS_ORIGINS),
    playground: env.PLAYGROUND
      ? (await import('./playground/playground.ts')).createPlayground({
          tokenUrl: env.PLAYGROUND_TOKEN_URL,
          log,
        })
      : null,
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    log,
  })
  return [
    ...subgraphs,
    users,
    { name: 'gateway', start: () => apollo.start(), stop: () => apollo.stop() },
    httpServer({ port: env.PORT, host: env.HOST, log, handle }),
  ]
}
