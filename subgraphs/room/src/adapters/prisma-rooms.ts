import { canonicalIds } from '@myhotel/kit/ids'
import { appendToOutbox } from '@myhotel/kit/outbox'
import { announce } from '../application/announce.ts'
import type { Rooms, StoredRooms } from '../application/ports.ts'
import type { OfferedRoom, Room } from '../domain/room.ts'
import type { Database, Transaction } from './database.ts'
import { list, unlist } from './listing.ts'
import { fromRow, toRow } from './room-row.ts'

/** Rooms in PostgreSQL; room, listing and announcement are saved together. `afterCommit` can wake the relay. */
export function prismaRooms(database: Database, afterCommit: () => void): Rooms {
  async function findAll(roomIds: readonly string[]) {
    const rows = await database.room.findMany({ where: { id: { in: canonicalIds(roomIds) } } })
    return new Map(rows.map((row) => [row.id, fromRow(row)]))
  }
  return {
    find: async (roomId) => (await findAll([roomId])).get(roomId) ?? null,
    findAll,
    async save(room, event) {
      const saved = await database.$transaction(async (tx) => {
        if (!(await write(tx, room))) return false
        await (room.status === 'OFFERED' ? list(tx, room) : unlist(tx, room.id))
        await appendToOutbox(tx, [announce(event, room)])
        return true
      })
      if (saved) afterCommit()
      return saved
    },
  }
}

/** The rooms on offer, page by page. */
export function prismaStoredRooms(database: Database): StoredRooms {
  return {
    async offeredAfter(roomId, limit) {
      const rows = await database.room.findMany({
        where: { deletedAt: null, ...(roomId === null ? {} : { id: { gt: roomId } }) },
        orderBy: { id: 'asc' },
        take: limit,
      })
      return rows.map(fromRow).filter((room): room is OfferedRoom => room.status === 'OFFERED')
    },
  }
}

/** Writes the row of a new room, or of one that is still at the version before; false where there is none such. */
async function write(tx: Transaction, room: Room): Promise<boolean> {
  const row = toRow(room)
  const { count } =
    room.version === 1
      ? await tx.room.createMany({ data: row, skipDuplicates: true })
      : await tx.room.updateMany({ where: { id: room.id, version: room.version - 1 }, data: row })
  return count === 1
}
