import type { JWTPayload } from 'jose'

/** Whatever else an issuer calls a role means nothing here; above all nobody from outside is a `service`. */
const ourRoles = ['guest', 'host', 'agent']

/**
 * Our roles at `claim`: a claim of that very name (`https://myhotel.example/roles`), or the way to one, by dots
 * (`realm_access.roles`). A list, or a text of words.
 */
export function rolesIn(claims: JWTPayload, claim: string): string[] {
  const steps = Object.hasOwn(claims, claim) ? [claim] : claim.split('.')
  let found: unknown = claims
  for (const step of steps) {
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, step)
        ? Reflect.get(found, step)
        : null
  }
  const roles = typeof found === 'string' ? found.split(' ') : found
  return Array.isArray(roles) ? ourRoles.filter((role) => roles.includes(role)) : []
}
