import type { Api } from '../api/client.ts'

/** What tells one demo room from the others. */
export const roomKey = (host: string, name: string, city: string) => JSON.stringify([host, name, city])

type RoomPage = {
  searchRooms: {
    edges: { node: { id: string; name: string; host: { id: string }; location: { city: string } } }[]
    pageInfo: { hasNextPage: boolean; endCursor: string | null }
  }
}

const roomsAfter = `query ($after: String) {
  searchRooms(sort: NEWEST, first: 100, after: $after) {
    edges { node { id name host { id } location { city } } }
    pageInfo { hasNextPage endCursor }
  }
}`

/** The ids of all rooms on offer, by `roomKey`. */
export async function registeredRooms(api: Api): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (let after: string | null = null; ; ) {
    const { searchRooms }: RoomPage = await api.as('host1').askUntilAnswered<RoomPage>(roomsAfter, { after })
    for (const { node } of searchRooms.edges) {
      ids.set(roomKey(node.host.id, node.name, node.location.city), node.id)
    }
    if (!searchRooms.pageInfo.hasNextPage) return ids
    after = searchRooms.pageInfo.endCursor
  }
}

/** Whether somebody has complained about a booking. */
export async function complaintAbout(api: Api, bookingId: string): Promise<boolean> {
  const { complaints } = await api
    .as('agent1')
    .askUntilAnswered<{ complaints: { edges: { node: { bookingId: string | null } }[] } }>(
      '{ complaints(first: 100) { edges { node { bookingId } } } }',
    )
  return complaints.edges.some(({ node }) => node.bookingId === bookingId)
}
