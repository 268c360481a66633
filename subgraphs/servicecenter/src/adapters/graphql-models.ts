import type { Complaint } from '../domain/complaint.ts'

/** What resolvers of Complaint are given: the complaint as the domain has it. */
export type ComplaintModel = Complaint
