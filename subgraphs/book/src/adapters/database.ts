import type { Logger } from '@myhotel/kit/logger'
import { openPrisma, plannedByKeys } from '@myhotel/kit/prisma'
import { type Prisma, PrismaClient } from './prisma-client/client.ts'

export type Database = PrismaClient
export type Transaction = Prisma.TransactionClient

/** The pool of connections to this subgraph's database. */
export const openDatabase = (url: string, connections?: number, log?: Logger) =>
  openPrisma((adapter) => new PrismaClient({ adapter }), plannedByKeys(url), connections, log)
