import type { Logger } from '@myhotel/kit/logger'
import { openPrisma, plannedByKeys, plannedEachTime } from '@myhotel/kit/prisma'
import { type Prisma, PrismaClient } from './prisma-client/client.ts'

export type Database = PrismaClient
export type Transaction = Prisma.TransactionClient

/** The pool of connections to this subgraph's database, for all but searches. */
export const openDatabase = (url: string, connections?: number, log?: Logger) =>
  openPrisma((adapter) => new PrismaClient({ adapter }), plannedByKeys(url), connections, log)

/**
 * Another pool, for searches. Each is planned for what it looks for: a plan for just any city would be a bad one for the
 * largest.
 */
export const openForSearches = (url: string, connections?: number, log?: Logger) =>
  openPrisma((adapter) => new PrismaClient({ adapter }), plannedEachTime(url), connections, log)
