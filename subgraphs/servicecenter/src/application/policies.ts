import type { AccessRefused } from '@myhotel/contracts/audit'
import type { Refusals } from './ports.ts'

/** Whenever AccessRefused, record it. */
export function recordWheneverAccessRefused(
  refusals: Refusals,
  { refusalId, refusedAt, ...refused }: AccessRefused,
  correlationId: string,
): Promise<void> {
  return refusals.record({ ...refused, id: refusalId, at: refusedAt, correlationId })
}
