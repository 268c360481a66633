import { expect, test } from 'vitest'
import { router, type Services } from './services.ts'

/** What the router of a system without subgraphs is told, where the operator says `given`. */
async function routerEnvironment(given: NodeJS.ProcessEnv) {
  const site = {
    given,
    nodeEnvironment: given,
    layout: { subgraphs: [] },
    portOf: async () => 4000,
    urlOf: async (name: string) => `http://${name}`,
    logOf: () => 'log',
    command: () => ['node'],
  }
  const services = { site, record: {}, identities: {}, replicas: () => 1 } as unknown as Services
  return (await router(services)).env
}

test('load tests do not reach the rate limits of the router, unless the operator says so', async () => {
  expect(await routerEnvironment({})).toMatchObject({
    RATE_LIMIT_USER: '1000000',
    RATE_LIMIT_ADDRESS: '1000000',
    RATE_LIMIT_MUTATIONS: '1000000',
  })
  expect(await routerEnvironment({ RATE_LIMIT_ADDRESS: '7' })).toMatchObject({
    RATE_LIMIT_USER: '1000000',
    RATE_LIMIT_ADDRESS: '7',
  })
})
