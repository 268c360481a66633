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
    adapter.executeScript = async (script) => {
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
