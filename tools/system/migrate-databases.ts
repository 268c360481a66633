import { migrate } from '../migrate/migrations.ts'

/**
 * Brings the databases up to date that the environment names, `{"book": "postgresql://…"}`, by the folder that
 * the argument names. A process of its own, because the migration engine would stay in the launcher's memory.
 * Prints what it applied.
 */
const databases = JSON.parse(process.env.MYHOTEL_DATABASES ?? '{}') as Record<string, string>
for (const [name, url] of Object.entries(databases)) {
  for (const migration of await migrate(name, url, process.argv[2]))
    process.stdout.write(`${name}: ${migration}\n`)
}
