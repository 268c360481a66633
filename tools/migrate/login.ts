import { randomBytes } from 'node:crypto'
import { type Client, setByRole, withUnfitClient } from '@myhotel/kit/postgres'

type Present = { role: string; login: string; isSuperuser: boolean }

/** As whom a connection string logs in, and as whom its sessions then act: the owner of all that they make. */
const presentOf = (url: string) =>
  withUnfitClient(url, async (client) => {
    const { rows } = await client.query<Present>(
      `SELECT current_user AS role, session_user AS login, rolsuper AS "isSuperuser"
       FROM pg_roles WHERE rolname = current_user`,
    )
    const [present] = rows
    if (!present) throw new Error('PostgreSQL does not say as whom it is spoken to')
    return present
  })

/** The logins of a role: its own, and the two that take turns. */
const loginsOf = (role: string) => [role, `${role}_a`, `${role}_b`]

/**
 * Makes the login whose turn it is, with a new password, and answers the connection string with it. Sessions of every
 * login of a role act as that role, so it does not matter which of them makes or changes a table; the login in use stays
 * as it is, until `closeOtherLogins`.
 *
 * @param url the connection string in use
 * @param adminUrl a database of the same server, as somebody who may make roles
 * @param besides settings that the login is to have where the string says settings=role
 */
export async function makeLogin(
  url: string,
  adminUrl: string,
  besides: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { role, login, isSuperuser } = await presentOf(url)
  if (isSuperuser) throw new Error(`${role} is a superuser: give the database an owner who is none first`)
  const [, a = '', b = ''] = loginsOf(role)
  const next = login === a ? b : a
  const password = randomBytes(24).toString('base64url')
  await withUnfitClient(adminUrl, async (client) => {
    const [name, group] = [client.escapeIdentifier(next), client.escapeIdentifier(role)]
    const how = (await exists(client, next)) ? 'ALTER' : 'CREATE'
    await client.query(`BEGIN;
      ${how} ROLE ${name} LOGIN INHERIT PASSWORD ${client.escapeLiteral(password)};
      GRANT ${group} TO ${name};
      ALTER ROLE ${name} SET role = ${client.escapeLiteral(role)};
      COMMIT`)
  })
  const made = new URL(url)
  made.username = next
  made.password = password
  if (made.searchParams.has('settings'))
    await withUnfitClient(made.href, (client) => setByRole(client, besides))
  return made.href
}

/**
 * Takes their password from the logins of a role that a connection string does not use, and ends what they have
 * connected. Answers their names.
 */
export async function closeOtherLogins(url: string, adminUrl: string): Promise<string[]> {
  const { role, login } = await presentOf(url)
  return withUnfitClient(adminUrl, async (client) => {
    const closed: string[] = []
    for (const other of loginsOf(role).filter((name) => name !== login)) {
      if (!(await exists(client, other))) continue
      await client.query(`ALTER ROLE ${client.escapeIdentifier(other)} NOLOGIN PASSWORD NULL`)
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [other])
      closed.push(other)
    }
    return closed
  })
}

const exists = async (client: Client, role: string) =>
  (await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role])).rows.length > 0
