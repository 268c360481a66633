import type { PolicyOf } from '@myhotel/kit/policy'
import type { Resolvers } from './graphql.generated.ts'

/** Popularity is for everyone to see, so nobody is asked who they are. */
export const policy = {
  objects: { Room: { seenBy: ['anyone'], fields: ['id', 'popularity'] } },
} as const satisfies PolicyOf<Resolvers>
