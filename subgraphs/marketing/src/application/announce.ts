import { type Announcement, announcement } from '@myhotel/contracts/event'
import { BookCounted } from '@myhotel/contracts/marketing'
import type { Popularity } from '../domain/popularity.ts'

/** Tells that a room's popularity is now another. */
export function bookCounted({ roomId, count, version }: Popularity, at: Date): Announcement {
  return announcement(BookCounted, roomId, version, {
    roomId,
    popularity: count,
    countedAt: at.toISOString(),
  })
}
