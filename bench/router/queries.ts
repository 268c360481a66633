/** Three sizes of query over the four subgraphs. What each asks for is chosen by a variable. */
export const queries = {
  heavy: `
    query Heavy($from: Int!) {
      guests(from: $from, first: 22) {
        ...guest
        reviews { ...review room { ...room reviews { ...review guest { ...guest
          reviews { ...review room { ...room } } } } } }
      }
      topRooms(from: $from, first: 14) {
        ...room
        reviews { ...review guest { ...guest reviews { ...review room { ...room } } } }
      }
    }
    fragment guest on Guest { id name email city }
    fragment review on Review { id stars text }
    fragment room on Room { id name city pricePerNight freeNights deposit }`,
  mid: `
    query Mid($from: Int!) {
      guests(from: $from, first: 2) { id name reviews { id stars text room { id name deposit } } }
    }`,
  tiny: `
    query Tiny($id: ID!) { guest(id: $id) { id name city } }`,
} as const

export type Size = keyof typeof queries

/** What the query of a size asks for, by a number. */
export const variablesOf = (size: Size, number: number): object =>
  size === 'tiny' ? { id: String(number) } : { from: number }
