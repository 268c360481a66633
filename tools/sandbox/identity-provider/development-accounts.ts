/** Somebody who can sign in. */
export type Account = { name: string; roles: string[] }

const rolesByKind: Record<string, string[]> = {
  guest: ['guest'],
  // A host travels too.
  host: ['guest', 'host'],
  agent: ['agent'],
}

/**
 * The development account of that name: every `guest<N>`, `host<N>` and `agent<N>` exists, its password is its name;
 * `undefined` for any other name.
 */
export function developmentAccount(name: string): Account | undefined {
  const kind = /^(guest|host|agent)\d{1,9}$/.exec(name)?.[1]
  const roles = kind === undefined ? undefined : rolesByKind[kind]
  return roles && { name, roles }
}

/** A few accounts to choose from in a user interface. */
export const exampleAccounts: Account[] = ['guest1', 'guest2', 'host1', 'host2', 'agent1'].flatMap(
  (name) => developmentAccount(name) ?? [],
)
