import type { AuditEntry } from '../domain/audit.ts'
import type { Complaint } from '../domain/complaint.ts'

/** What resolvers of Complaint are given: the complaint as the domain has it. */
export type ComplaintModel = Complaint

export type AuditEntryModel = AuditEntry
