import { batched } from '@myhotel/kit/batch'
import type { PopularityOf } from '../application/ports.ts'
import type { Resolvers } from './graphql.generated.ts'

/** Popularity is for everyone to see, so nobody is asked who they are. */
export function resolvers(popularityOf: PopularityOf): Resolvers {
  const one = batched(popularityOf)
  return {
    Room: {
      popularity: async ({ id }) => (await one(id)) ?? 0,
    },
  }
}
