import type { Logger } from '@myhotel/kit/logger'
import { loop } from '@myhotel/kit/loop'
import { tell } from '@myhotel/kit/metrics'
import type { Part } from '@myhotel/kit/service'
import { createReconciler, type Differing, type Reconciler, type Records } from '../application/reconcile.ts'
import { differences } from '../domain/reconciliation.ts'

/** A page of either side may take as long as one question of payment's. */
const roundWithinMs = 300_000

/**
 * The reconciler of one replica as a part and in figures. `make` is for `whileLeading`: a replica that does not lead compares
 * nothing and tells nothing.
 */
export function reconciliation(
  records: Records,
  options: { everyMs: number; settledAfterMs: number; log: Logger },
): { make(): Part } {
  const { everyMs, settledAfterMs, log } = options
  let current: Reconciler | undefined
  const standing = () => current?.standing()

  function report({ bookingId, difference }: Differing, isNew: boolean) {
    const told = { alarm: 'RECONCILIATION', bookingId, difference }
    if (isNew) log.error(told, 'book and payment differ')
    else log.info(told, 'book and payment differ no more')
  }

  tell({
    kind: 'level',
    name: 'myhotel.reconciliation.differences',
    description: 'Bookings and payments on which book and payment differ, as found in two rounds in a row.',
    read() {
      const { differing, completedAt } = standing() ?? { differing: [], completedAt: null }
      if (completedAt === null) return []
      const count = (name: string) => differing.filter(({ difference }) => difference === name).length
      return differences.map((difference) => [count(difference), { difference }] as const)
    },
  })
  tell({
    kind: 'growing',
    name: 'myhotel.reconciliation.compared',
    description: 'Bookings that were compared with their payments.',
    read: () => [[standing()?.compared ?? 0]],
  })
  tell({
    kind: 'level',
    name: 'myhotel.reconciliation.completed.seconds',
    description: 'When book and payment were last compared, in seconds since 1970.',
    unit: 's',
    read() {
      const completedAt = standing()?.completedAt
      return completedAt ? [[completedAt / 1_000]] : []
    },
  })

  return {
    make() {
      const reconciler = createReconciler(records, { settledAfterMs, report })
      const rounds = loop({ name: 'reconciliation', everyMs, roundWithinMs, log, work: reconciler.round })
      return {
        ...rounds,
        async start(health) {
          current = reconciler
          await rounds.start?.(health)
        },
        async stop() {
          current = undefined
          await rounds.stop?.()
        },
      }
    },
  }
}
