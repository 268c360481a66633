/** The largest amount of minor units: up to it, a JSON number and a double are exact. */
export const largestMinorUnits = Number.MAX_SAFE_INTEGER

/**
 * An amount as the database has it (`bigint`, which its drivers give as a bigint or as text), as a number.
 *
 * @throws RangeError where a number would not be exact
 */
export function toMinorUnits(value: bigint | string | number): number {
  const amount = Number(value)
  if (Number.isSafeInteger(amount) && value !== '') return amount
  throw new RangeError(`${value} is beyond the amounts that can be counted exactly`)
}
