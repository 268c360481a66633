/** What came of one invariant: what was compared, in numbers, and each violation in a sentence. */
export type Finding = {
  readonly invariant: string
  readonly compared: string
  readonly violations: readonly string[]
}

/** The violation, where something does not hold. */
export const unless = (holds: unknown, violation: string): string[] => (holds ? [] : [violation])
