import type { Part } from '@myhotel/kit/service'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './prisma-client/client.ts'

export type Database = PrismaClient
/** The client inside a transaction. */
export type Transaction = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0]

export function openDatabase(connectionString: string): Database {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 10 }) })
}

/** Ready while it answers. */
export function databasePart(database: Database): Part {
  return {
    name: 'database',
    async ready() {
      await database.$queryRaw`SELECT 1`
    },
    stop: () => database.$disconnect(),
  }
}
