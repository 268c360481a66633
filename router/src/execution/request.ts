import type { ApolloServerOptionsWithGateway } from '@apollo/server'
import type { RouterContext } from '../exchange.ts'

/** What Apollo Server takes for a gateway. */
export type Gateway = ApolloServerOptionsWithGateway<RouterContext>['gateway']

type Executor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>

/** A request as Apollo Server hands it to a gateway: parsed, valid, its operation chosen. */
export type GatewayRequest = Parameters<Executor>[0]
export type GatewayResult = Awaited<ReturnType<Executor>>
