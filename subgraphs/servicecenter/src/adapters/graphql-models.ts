import type { AuditEntry } from '../domain/audit.ts'
import type { Complaint } from '../domain/complaint.ts'
import type { RefusalOf } from '../domain/refusal.ts'

/** What resolvers of Complaint are given: the complaint as the domain has it. */
export type ComplaintModel = Complaint

export type AuditEntryModel = AuditEntry

/** A refusal of the input; the kit lists its one problem where it does not list them itself. */
export type InvalidInputModel = RefusalOf<'INVALID_INPUT'>
