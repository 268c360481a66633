import type { Rooms } from '../application/ports.ts'
import type { Transaction } from './database.ts'

/** Rooms in PostgreSQL; the version of each row keeps an older event from overwriting a newer one. */
export function prismaRooms(tx: Transaction): Rooms {
  return {
    async store({ roomId, hostId, name, city, country, registeredAt }, version) {
      await tx.$executeRaw`
        INSERT INTO room (room_id, version, host_id, name, city, country, registered_at)
        VALUES (${roomId}, ${version}, ${hostId}, ${name}, ${city}, ${country}, ${new Date(registeredAt)})
        ON CONFLICT (room_id) DO UPDATE SET
          version = excluded.version, host_id = excluded.host_id, name = excluded.name,
          city = excluded.city, country = excluded.country, registered_at = excluded.registered_at
        WHERE room.version < excluded.version`
    },
    async storeDeletion({ roomId, hostId, name, deletedAt }, version) {
      await tx.$executeRaw`
        INSERT INTO room (room_id, version, host_id, name, deleted_at)
        VALUES (${roomId}, ${version}, ${hostId}, ${name}, ${new Date(deletedAt)})
        ON CONFLICT (room_id) DO UPDATE SET version = excluded.version, deleted_at = excluded.deleted_at
        WHERE room.version < excluded.version`
    },
  }
}
