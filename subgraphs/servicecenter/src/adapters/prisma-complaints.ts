import { appendToOutbox } from '@myhotel/kit/outbox'
import { announced } from '../application/announce.ts'
import type { Complaints } from '../application/ports.ts'
import type { Complaint } from '../domain/complaint.ts'
import type { Database } from './database.ts'
import type { Complaint as Row } from './prisma-client/client.ts'

/** Complaints in PostgreSQL. `afterCommit` is told when there is something to publish. */
export function prismaComplaints(database: Database, afterCommit: () => void): Complaints {
  return {
    async find(id) {
      const row = await database.complaint.findUnique({ where: { id } })
      return row && toComplaint(row)
    },

    async newest({ guestId, status, before, limit }) {
      const rows = await database.complaint.findMany({
        where: {
          guestId: guestId ?? undefined,
          status: status ?? undefined,
          id: before === null ? undefined : { lt: before },
        },
        orderBy: { id: 'desc' },
        take: limit,
      })
      return rows.map(toComplaint)
    },

    async save(complaint, event) {
      const { id, version } = complaint
      const saved = await database.$transaction(async (tx) => {
        const { count } =
          version === 1
            ? await tx.complaint.createMany({ data: complaint, skipDuplicates: true })
            : await tx.complaint.updateMany({ where: { id, version: version - 1 }, data: complaint })
        if (count === 1) await appendToOutbox(tx, [announced(complaint, event)])
        return count === 1
      })
      if (saved) afterCommit()
      return saved
    },
  }
}

/** The database sees to it that a closed complaint has a settlement and an open one has none. */
function toComplaint({ filedAt, closedAt, closedBy, resolution, status: _, ...row }: Row): Complaint {
  const filed = { ...row, filedAt: filedAt.toISOString() }
  if (closedAt === null || closedBy === null || resolution === null) return { ...filed, status: 'OPEN' }
  return { ...filed, status: 'CLOSED', closedAt: closedAt.toISOString(), closedBy, resolution }
}
