import type { Part } from '@myhotel/kit/service'
import { createStatementNames } from '@myhotel/kit/sql'
import { PrismaPg } from '@prisma/adapter-pg'
import { type Prisma, PrismaClient } from './prisma-client/client.ts'

export type Prismas = PrismaClient | Prisma.TransactionClient

/** The connection pool to book's database. */
export function createDatabase(url: string, connections: number): { prisma: PrismaClient; part: Part } {
  const pool = { connectionString: url, max: connections, connectionTimeoutMillis: 2_000 }
  const adapter = new PrismaPg(pool, { statementNameGenerator: createStatementNames() })
  const prisma = new PrismaClient({ adapter })
  const part: Part = {
    name: 'database',
    async ready() {
      await prisma.$queryRaw`SELECT 1`
    },
    stop: () => prisma.$disconnect(),
  }
  return { prisma, part }
}
