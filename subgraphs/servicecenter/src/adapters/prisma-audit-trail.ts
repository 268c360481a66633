import { canonicalId } from '@myhotel/kit/ids'
import type { AuditTrail, AuditWanted, Refusals } from '../application/ports.ts'
import type { AgentAction, Outcome } from '../domain/agent-action.ts'
import { actionOf, entryOfAction, entryOfRefusal } from '../domain/audit.ts'
import type { Database, Transaction } from './database.ts'

/** The record of refusals, in a table that refuses every change of what it holds. */
export function prismaRefusals(tx: Transaction): Refusals {
  return {
    async record({ subject, roles, at, ...refused }) {
      const [subjectType, subjectId] = subject ? [subject.type, subject.id] : []
      await tx.accessRefusal.create({
        data: { ...refused, roles: [...roles], refusedAt: at, subjectType, subjectId },
      })
    },
  }
}

/** The trail: both records, each read from its end, as far as the page goes. */
export function prismaAuditTrail(database: Database): AuditTrail {
  return {
    async newest(wanted) {
      const [actions, refusals] = await Promise.all([
        agentActions(database, wanted),
        accessRefusals(database, wanted),
      ])
      return [...actions, ...refusals].sort(newestFirst).slice(0, wanted.limit)
    },
  }
}

async function agentActions(database: Database, wanted: AuditWanted) {
  const { actor, action, subjectId, limit } = wanted
  // Agents act on what has an id of ours.
  if (subjectId !== null && !canonicalId(subjectId)) return []
  const kinds = Object.entries(actionOf).filter(([, named]) => action === null || named.action === action)
  const rows = await database.agentAction.findMany({
    where: {
      ...(actor !== null && { agentId: actor }),
      ...(subjectId !== null && { subjectId }),
      ...(action !== null && { kind: { in: kinds.map(([kind]) => kind) } }),
      ...within('requestedAt', wanted),
    },
    include: { outcome: true },
    orderBy: [{ requestedAt: 'desc' }, { id: 'desc' }],
    take: limit,
  })
  return rows.map(({ outcome, correlationId, kind, requestedAt, ...row }) =>
    entryOfAction(
      { ...row, kind: kind as AgentAction['kind'], requestedAt: requestedAt.toISOString() },
      (outcome?.outcome ?? null) as Outcome | null,
      correlationId,
    ),
  )
}

async function accessRefusals(database: Database, wanted: AuditWanted) {
  const { actor, action, subjectId, limit } = wanted
  const rows = await database.accessRefusal.findMany({
    where: {
      ...(actor !== null && { actor }),
      ...(subjectId !== null && { subjectId }),
      ...(action !== null && { action }),
      ...within('refusedAt', wanted),
    },
    orderBy: [{ refusedAt: 'desc' }, { id: 'desc' }],
    take: limit,
  })
  return rows.map(({ subjectType, subjectId: id, refusedAt, ...row }) =>
    entryOfRefusal({
      ...row,
      at: refusedAt.toISOString(),
      subject: subjectType === null || id === null ? null : { type: subjectType, id },
    }),
  )
}

/** From `since` to before `until`, and after the place where the last page ended. */
function within<Time extends string>(time: Time, { since, until, after }: AuditWanted) {
  return {
    AND: [
      ...(since === null ? [] : [{ [time]: { gte: since } }]),
      ...(until === null ? [] : [{ [time]: { lt: until } }]),
      ...(after === null
        ? []
        : [{ [time]: { lte: after.at } }, { OR: [{ [time]: { lt: after.at } }, { id: { lt: after.id } }] }]),
    ],
  }
}

type Place = { readonly at: string; readonly id: string }

function newestFirst(one: Place, other: Place): number {
  if (one.at !== other.at) return one.at < other.at ? 1 : -1
  return one.id < other.id ? 1 : -1
}
