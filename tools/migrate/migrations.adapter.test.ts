import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
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
  const file = await newMigration('demo', title, server, new Date(at), prisma, true)
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

  test('is not written where there is nothing to write, unless it is to be by hand', async () => {
    await write('first', '2027-01-01', '')
    const second = () => newMigration('demo', 'second', server, new Date('2027-01-02'), prisma)
    await expect(second()).rejects.toThrow('asks for nothing that its migrations lack')
    expect(await readdir(join(prisma, 'demo/migrations'))).toHaveLength(2)
    expect(await newMigration('demo', 'second', server, new Date('2027-01-02'), prisma, true)).toContain(
      'second',
    )
  })

  test('may be completed by what the schema cannot say', async () => {
    await write('first', '2027-01-01', BY_HAND)
    expect(await drift('demo', server, prisma)).toBeUndefined()
  })
})

/** Applies the first migration alone, then something else. */
async function migrateFirst(url: string, then: string): Promise<void> {
  const second = join(prisma, 'demo/migrations/20270102000000_second')
  await rename(second, join(prisma, 'second'))
  await migrate('demo', url, prisma)
  await rename(join(prisma, 'second'), second)
  await withClient(url, (client) => client.query(then))
}

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

  test('goes on after a call that was interrupted, before or after the migration took effect', async () => {
    await write('first', '2027-01-01', '')
    await write('second', '2027-01-02', '\nCREATE TABLE other (id int);')
    await withScratchDatabase(server, async (url) => {
      await migrate('demo', url, prisma)
      const marks = 'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1'
      await withClient(url, async (client) => {
        expect((await client.query(marks)).rows).toHaveLength(2)
        // As the second was left by a process that was killed while its script ran.
        await client.query('DROP TABLE other')
        await client.query(
          `UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0
           WHERE migration_name LIKE '%second'`,
        )
      })
      expect(await migrate('demo', url, prisma)).toEqual(['20270102000000_second'])
      expect(await migrate('demo', url, prisma)).toEqual([])
    })
  })

  test('has a migration and its mark in one transaction', async () => {
    await write('first', '2027-01-01', '')
    await write('second', '2027-01-02', '\nCREATE TABLE other (id int);')
    await withScratchDatabase(server, async (url) => {
      // The engine is cut off when it notes what it has done, right after the script.
      const stop = `CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE TRIGGER stop AFTER UPDATE OF applied_steps_count ON _prisma_migrations
          FOR EACH ROW EXECUTE FUNCTION stop()`
      await migrateFirst(url, stop)
      await expect(migrate('demo', url, prisma)).rejects.toThrow()
      await withClient(url, async (client) => {
        const { rows } = await client.query(
          `SELECT finished_at IS NOT NULL AS done FROM _prisma_migrations WHERE migration_name LIKE '%second'`,
        )
        expect(rows, 'the script was committed, and so was its mark').toEqual([{ done: true }])
        await client.query('DROP FUNCTION stop CASCADE')
      })
      expect(await migrate('demo', url, prisma)).toEqual([])
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
