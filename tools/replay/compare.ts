import { setTimeout as delay } from 'node:timers/promises'

/** One number that the file says, and the same as it was found. */
export type Fact = { what: string; expected: number; found: number; unit?: 'money' }

/** One look at one part of the system. */
export type Look = { facts: Fact[]; differences: string[] }

export type Comparison = {
  name: string
  look(): Promise<Look>
}

/** How long the system may take to catch up with what was done. */
const catchUpWithinMs = 180_000
const lookEveryMs = 1_000

/**
 * Looks at one part after the other, again and again until it shows what the file says: all of them follow the bookings
 * by events. What still differs after three minutes differs.
 */
export async function compareAll(
  comparisons: readonly Comparison[],
  onLook: (name: string, differences: number) => void,
): Promise<Look> {
  const deadline = Date.now() + catchUpWithinMs
  const looks: Look[] = []
  for (const { name, look } of comparisons) {
    let seen = await look()
    onLook(name, seen.differences.length)
    while (seen.differences.length > 0 && Date.now() < deadline) {
      await delay(lookEveryMs)
      seen = await look()
      onLook(name, seen.differences.length)
    }
    looks.push({
      facts: seen.facts,
      differences: seen.differences.map((difference) => `${name}: ${difference}`),
    })
  }
  return {
    facts: looks.flatMap(({ facts }) => facts),
    differences: looks.flatMap(({ differences }) => differences),
  }
}

/** Compares field by field and says what differs, `status BOOKED instead of CANCELED`. */
export function differencesOf(
  whose: string,
  expected: Record<string, unknown>,
  found: Record<string, unknown>,
) {
  return Object.entries(expected)
    .filter(([field, value]) => found[field] !== value)
    .map(([field, value]) => `${whose} ${field} ${String(found[field])} instead of ${String(value)}`)
}

/** A fact, and a difference where it does not hold. */
export function lookAt(facts: Fact[], differences: string[]): Look {
  const wrong = facts
    .filter(({ expected, found }) => expected !== found)
    .map(({ what, expected, found }) => `${what}: ${found} instead of ${expected}`)
  return { facts, differences: [...differences, ...wrong] }
}

export const total = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0)
