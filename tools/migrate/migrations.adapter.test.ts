import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { withClient } from '@myhotel/kit/postgres'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withScratchDatabase } from './databases.ts'
import { drift, migrate, newMigration } from './migrations.ts'

const server = process.env.TEST_POSTGRES_URL ?? ''

const SCHEMA = `
datasource db {
  provider = "postgresql"
}
enum State {
  HELD
  GONE
}
model Claim {
  id     Int    @id
  roomId Int    @map("room_id")
  stay   Unsupported("daterange")
  state  State
  note   String
  words  Unsupported("tsvector")? @default(dbgenerated())
  @@index([words], type: Gin, map: "claim_words")
  @@map("claim")
}`

const BY_HAND = `
CREATE EXTENSION btree_gist;
ALTER TABLE claim ADD CONSTRAINT claim_no_overlap
  EXCLUDE USING gist (room_id WITH =, stay WITH &&) WHERE (state = 'HELD');
CREATE FUNCTION twice() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$;
CREATE INDEX claim_note ON claim (lower(note)) WHERE state = 'HELD';
ALTER TABLE claim ADD CHECK (NOT isempty(stay));`

let prisma = ''
const schemaFile = () => join(prisma, 'demo', 'schema.prisma')

beforeEach(async () => {
  prisma = await mkdtemp(join(tmpdir(), 'myhotel-prisma-'))
  await mkdir(join(prisma, 'demo', 'migrations'), { recursive: true })
  await writeFile(schemaFile(), SCHEMA)
})
afterEach(() => rm(prisma, { recursive: true }))

/** Writes one migration, as a developer would, and completes it by hand. */
async function write(title: string, at: string, byHand: string): Promise<string> {
  const file = await newMigration('demo', title, server, new Date(at), prisma)
  await appendFile(file, byHand)
  return file
}

describe('a new migration', () => {
  test('holds what the schema has and the migrations lack', async () => {
    const file = await write('The First Table', '2027-01-02T03:04:05Z', '')
    expect(file).toBe(join(prisma, 'demo/migrations/20270102030405_the_first_table/migration.sql'))
    expect(await readFile(file, 'utf8')).toContain('"stay" daterange NOT NULL')
    await writeFile(schemaFile(), SCHEMA.replace('note   String', 'note   String\n  more   String?'))
    expect(await drift('demo', server, prisma)).toContain('ADD COLUMN     "more" TEXT')
  })

  test('may be completed by what the schema cannot say', async () => {
    await write('first', '2027-01-01', BY_HAND)
    expect(await drift('demo', server, prisma)).toBeUndefined()
  })
})

describe('migrating', () => {
  test('applies each migration once, whoever else is at it', async () => {
    await write('first', '2027-01-01', BY_HAND)
    await withScratchDatabase(server, async (url) => {
      const both = await Promise.all([migrate('demo', url, prisma), migrate('demo', url, prisma)])
      expect(both.flat()).toEqual(['20270101000000_first'])
      const claim = `INSERT INTO claim VALUES ($1, 1, $2, 'HELD', '') ON CONFLICT DO NOTHING`
      const claimed = await withClient(url, async (client) => [
        (await client.query(claim, [1, '[2027-01-01,2027-01-03)'])).rowCount,
        (await client.query(claim, [2, '[2027-01-02,2027-01-04)'])).rowCount,
        (await client.query(claim, [3, '[2027-01-03,2027-01-04)'])).rowCount,
      ])
      expect(claimed).toEqual([1, 0, 1])
    })
  })

  test('names file and line of what fails, and leaves nothing of it behind', async () => {
    await write('first', '2027-01-01', '')
    const bad = await write('second', '2027-01-02', '\nCREATE TABLE half (id int);\nSELECT nonsense;')
    await withScratchDatabase(server, async (url) => {
      await expect(migrate('demo', url, prisma)).rejects.toThrow(
        '20270102000000_second/migration.sql, line 4: error: column "nonsense" does not exist',
      )
      await withClient(url, async (client) => {
        const { rows } = await client.query(
          `SELECT to_regclass('half') AS half, to_regclass('claim') AS claim`,
        )
        expect(rows).toEqual([{ half: null, claim: 'claim' }])
      })
      await writeFile(bad, 'SELECT 1')
      await expect(migrate('demo', url, prisma)).rejects.toThrow('failed migrations')
    })
    await rm(dirname(bad), { recursive: true })
  })
})
