import type { Page } from '../application/ports.ts'
import type { Search } from '../domain/search.ts'
import type { Candidates } from './crowd.ts'
import { Prisma } from './prisma-client/client.ts'
import { centreOf, straightDistance } from './room-order.ts'

const metres = ({ near }: Search) => Prisma.sql`${(near?.radiusKm ?? 0) * 1000}::float8`

/** Whether a listing is in the search's circle. */
export const isInCircle = (search: Search) =>
  Prisma.sql`${straightDistance(search)} <= gc_to_sec(${metres(search)})`

/** A condition that the index over positions answers: listings in the box around the search's circle. */
export const isInBox = (search: Search) =>
  Prisma.sql`l.position <@ earth_box(${centreOf(search)}, ${metres(search)})`

/** For a search near somewhere: rooms in its circle. There may be many more in the corners of the box around it. */
export function nearby(search: Search): Candidates[] {
  return search.near ? [Prisma.sql`room_listing l WHERE ${isInBox(search)} AND ${isInCircle(search)}`] : []
}

const radiiKm = [1, 5, 25, 125, 625, 3_125]

/** Searches in circles that grow up to the search's own, so that few rooms are gathered where there are many. */
export function growingCircles(search: Search, { after }: Page): Search[] {
  const { near } = search
  if (!near) return [search]
  const reachedKm = Number(after?.[0] ?? 0) / 1000
  const radii = [...radiiKm.filter((radius) => radius > reachedKm && radius < near.radiusKm), near.radiusKm]
  return radii.map((radiusKm) => ({ ...search, near: { ...near, radiusKm } }))
}
