/** A room of which marketing knows the id; the room subgraph knows the rest. */
export type RoomModel = { readonly id: string }
