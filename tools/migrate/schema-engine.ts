import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { DatabaseError, openPool, type Pool, type QueryArrayConfig } from '@myhotel/kit/postgres'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as wasm from '@prisma/schema-engine-wasm/schema_engine_bg'

/**
 * Prisma's own migration engine, as WebAssembly from npm. Prisma's command line downloads the same engine as
 * a binary, which not every machine can; the folders and the table `_prisma_migrations` are the same, so
 * `prisma migrate` works on them too.
 */
export type SchemaEngine = wasm.SchemaEngine

let loaded: Promise<void> | undefined

async function load(): Promise<void> {
  // Where the engine leaves the message of a panic before it traps.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: console.error } })
  // By hand, because importing a .wasm file as a module still prints a warning in Node 24.
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const bytes = await readFile(glue.replace(/\.js$/, '.wasm'))
  // The engine waits ten seconds for its lock and leaves the timer behind; no process stays for that.
  const timer = (callback: () => void, ms: number) => setTimeout(callback, ms).unref()
  const glueCode = Object.entries(wasm).map(([name, code]) =>
    name.startsWith('__wbg_setTimeout') ? [name, timer] : [name, code],
  )
  const imports = { './schema_engine_bg.js': Object.fromEntries(glueCode) }
  const { instance } = await WebAssembly.instantiate(bytes, imports)
  wasm.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start?.()
}

/** PostgreSQL's object ids of the types `"char"` and `text`. */
const CHAR = 18
const TEXT = 25

/**
 * One connection to a database for the engine, which reads PostgreSQL's catalogue, where single letters have
 * the type `"char"`. The adapter refuses that type as unknown, so such columns pass it as text and are handed
 * on as the characters that the engine expects.
 */
class CatalogueAdapter extends PrismaPg {
  readonly pool: Pool
  failure: { script: string; error: unknown } | undefined
  readonly #letters: Set<string>

  constructor(url: string) {
    const pool = openPool(url, { max: 1 })
    const letters = new Set<string>()
    const query = pool.query.bind(pool)
    const withoutChar = async (config: QueryArrayConfig) => {
      const result = await query(config)
      for (const field of result.fields) {
        if (field.dataTypeID !== CHAR) continue
        field.dataTypeID = TEXT
        letters.add(field.name)
      }
      return result
    }
    super(Object.assign(pool, { query: withoutChar }))
    this.pool = pool
    this.#letters = letters
  }

  override async connect() {
    const adapter = await super.connect()
    const queryRaw = adapter.queryRaw.bind(adapter)
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query)
      const columnTypes = result.columnTypes.map((type, index) =>
        this.#letters.has(result.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
      )
      return { ...result, columnTypes }
    }
    // The adapter would cut the script at every semicolon, also within functions; as one query PostgreSQL
    // runs it in one transaction, so that a migration that fails leaves nothing behind.
    adapter.executeScript = async (sql) => {
      const script = inOneWithItsMark(sql)
      const connection = await this.pool.connect()
      try {
        await connection.query(script)
      } catch (error) {
        this.failure = { script, error }
        throw error
      } finally {
        connection.release()
      }
    }
    return adapter
  }
}

/**
 * A migration and the mark that it is done in one transaction, so that of one that was interrupted at any moment it is
 * known whether it took effect. What the engine does for itself (making the table of marks) stays as it is, and so does
 * what PostgreSQL does in no transaction.
 */
function inOneWithItsMark(script: string): string {
  if (/_prisma_migrations|\bCONCURRENTLY\b/i.test(script)) return script
  // Before it, on the same line, so that lines are counted as in the file.
  return `SELECT pg_advisory_xact_lock(${SCRIPT_LOCK}); ${script}\n;
    UPDATE _prisma_migrations SET finished_at = now() WHERE ${UNFINISHED}`
}

/** Marks of migrations that neither ended nor failed. */
const UNFINISHED = 'finished_at IS NULL AND rolled_back_at IS NULL AND logs IS NULL'

/** Held by a script while it runs, also by one whose caller is gone. */
const SCRIPT_LOCK = 4_816_024

/**
 * Forgets migrations that an interrupted call began and that took no effect. To be called by who alone migrates this
 * database; waits for the script of a call whose process was killed.
 */
export async function forgetInterrupted(client: {
  query(sql: string): Promise<{ rows: object[] }>
}): Promise<void> {
  const { rows } = await client.query(`SELECT 1 WHERE to_regclass('_prisma_migrations') IS NOT NULL`)
  if (rows.length === 0) return
  await client.query(`SELECT pg_advisory_lock(${SCRIPT_LOCK})`)
  await client.query(`SELECT pg_advisory_unlock(${SCRIPT_LOCK})`)
  await client.query(`DELETE FROM _prisma_migrations WHERE ${UNFINISHED}`)
}

/** Runs `work` with an engine connected to the database of `url`; nothing stays connected afterwards. */
export async function withSchemaEngine<T>(
  url: string,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loaded ??= load()
  await loaded
  const adapter = new CatalogueAdapter(url)
  const ignoreLog = () => {}
  try {
    const factory = bindMigrationAwareSqlAdapterFactory(adapter)
    const engine = await wasm.SchemaEngine.new({ datamodels: undefined }, ignoreLog, factory)
    try {
      return await work(engine)
    } finally {
      engine.free()
    }
  } catch (error) {
    throw adapter.failure === undefined ? error : explained(adapter.failure, error)
  } finally {
    await adapter.pool.end()
  }
}

/** The engine names the migration but not always PostgreSQL's message, and never the line: all three. */
function explained({ script, error }: { script: string; error: unknown }, engineError: unknown): Error {
  const migration = /migration_name="([^"]+)"/.exec(String(engineError))?.[1]
  const position = error instanceof DatabaseError ? Number(error.position ?? 0) : 0
  const line = script.slice(0, position).split('\n').length
  return new Error(`${migration}/migration.sql, line ${line}: ${String(error)}`, { cause: error })
}
