import type { Approved } from './payment.ts'

/** Who looks at a payment; `subject` is a user's id. */
export type Viewer = { readonly subject: string | null; readonly roles: readonly string[] }

/** A payment is shown to the guest who paid, the host of the room, agents and other services. */
export function maySee({ intent }: Approved, { subject, roles }: Viewer): boolean {
  if (roles.includes('agent') || roles.includes('service')) return true
  return subject !== null && (subject === intent.guestId || subject === intent.hostId)
}
