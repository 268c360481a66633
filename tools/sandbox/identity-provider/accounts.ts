import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { rolesOfService } from './clients.ts'
import { type Account, developmentAccount } from './development-accounts.ts'
import { hashPassword, isPassword } from './passwords.ts'

/** What somebody who has no account yet fills in. */
const signUpForm = z.object({
  name: z
    .string()
    .trim()
    .toLowerCase()
    .regex(
      /^[a-z][a-z0-9_-]{2,31}$/,
      'A name has 3 to 32 letters, digits, hyphens and underscores, a letter first.',
    ),
  password: z
    .string()
    .min(8, 'A password has at least 8 characters.')
    .max(128, 'A password has at most 128 characters.'),
  host: z.literal('on').optional(),
})

/** The accounts: those of development, and those that people have made by signing up. */
export type Accounts = ReturnType<typeof openAccounts>

export function openAccounts(database: DatabaseSync) {
  database.exec(
    'CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, roles TEXT NOT NULL, password TEXT NOT NULL) STRICT',
  )
  const select = database.prepare('SELECT roles, password FROM account WHERE name = ?')
  const insert = database.prepare(
    'INSERT INTO account (name, roles, password) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )

  function find(name: string): Account | undefined {
    const row = select.get(name)
    return row ? { name, roles: JSON.parse(String(row.roles)) } : developmentAccount(name)
  }

  return {
    find,

    /** The account of that name and password, `undefined` where there is none. */
    async signIn(name: string, password: string): Promise<Account | undefined> {
      const ofDevelopment = developmentAccount(name)
      if (ofDevelopment) return password === name ? ofDevelopment : undefined
      const known = name.trim().toLowerCase()
      const row = select.get(known)
      return (await isPassword(password, row && String(row.password))) ? find(known) : undefined
    },

    /** Makes an account; a guest's, and a host's where `host` is ticked. Gives it, or why not, in a sentence. */
    async signUp(form: Record<string, string>): Promise<Account | string> {
      const read = signUpForm.safeParse(form)
      if (!read.success) return read.error.issues.map(({ message }) => message).join(' ')
      const { name, password, host } = read.data
      const roles = host ? ['guest', 'host'] : ['guest']
      const taken = 'This name is taken: choose another.'
      if (find(name) || Object.hasOwn(rolesOfService, name)) return taken
      const { changes } = insert.run(name, JSON.stringify(roles), await hashPassword(password))
      return changes === 1 ? { name, roles } : taken
    },
  }
}
