import type { Part } from '@myhotel/kit/service'
import { PrismaPg } from '@prisma/adapter-pg'
import { type Prisma, PrismaClient } from './prisma-client/client.ts'

export type Database = PrismaClient
export type Transaction = Prisma.TransactionClient

/** Connects to the database of this subgraph, with at most ten connections. */
export function openDatabase(url: string): { database: Database; part: Part } {
  const database = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 10 }) })
  const part: Part = {
    name: 'database',
    ready: async () => void (await database.$queryRaw`SELECT 1`),
    stop: () => database.$disconnect(),
  }
  return { database, part }
}
