import type { PolicyOf } from '@myhotel/kit/policy'
import type { Resolvers } from './graphql.generated.ts'
import type { GuestPageModel, HostPageModel } from './graphql-models.ts'

/** Everybody who is signed in sees the own page, and no other. */
export const policy = {
  Query: { myPage: ['user'] },
  objects: {
    GuestPage: {
      seenBy: ['its user'],
      fields: ['bookings', 'unreadNotifications', 'openComplaints'],
      relations: { 'its user': ({ userId }: GuestPageModel, { subject }) => userId === subject },
    },
    HostPage: {
      seenBy: ['its user'],
      fields: ['rooms', 'bookings'],
      relations: { 'its user': ({ userId }: HostPageModel, { subject }) => userId === subject },
    },
  },
} as const satisfies PolicyOf<Resolvers>
