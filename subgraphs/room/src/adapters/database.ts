import { openPrisma } from '@myhotel/kit/prisma'
import { type Prisma, PrismaClient } from './prisma-client/client.ts'

export type Database = PrismaClient
export type Transaction = Prisma.TransactionClient

/**
 * The pool of connections to this subgraph's database. Each search is planned for what it looks for: a plan for just
 * any city would be a bad one for the largest.
 */
export function openDatabase(url: string, connections?: number) {
  const planned = new URL(url)
  planned.searchParams.append('options', '-c plan_cache_mode=force_custom_plan')
  return openPrisma((adapter) => new PrismaClient({ adapter }), planned.href, connections)
}
