import { batched } from '@myhotel/kit/batch'
import { canonicalId } from '@myhotel/kit/ids'
import type { PopularityOf } from '../application/ports.ts'
import type { Resolvers } from './graphql.generated.ts'

/** The resolvers of popularity, which is loaded for a page of rooms at a time. */
export function resolvers(popularityOf: PopularityOf): Resolvers {
  const one = batched(popularityOf)
  return {
    Room: {
      __resolveReference: ({ id }) => ({ id: canonicalId(id) ?? id }),
      async popularity({ id }) {
        const roomId = canonicalId(id)
        return roomId ? ((await one(roomId)) ?? 0) : 0
      },
    },
  }
}
