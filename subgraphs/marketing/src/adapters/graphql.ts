import { batched } from '@myhotel/kit/batch'
import type { PopularityOf } from '../application/ports.ts'
import type { Resolvers } from './graphql.generated.ts'

/** The resolvers of popularity, which is loaded for a page of rooms at a time. */
export function resolvers(popularityOf: PopularityOf): Resolvers {
  const one = batched(popularityOf)
  return {
    Room: {
      popularity: async ({ id }) => (await one(id)) ?? 0,
    },
  }
}
