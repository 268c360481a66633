/**
 * How an attempt to deliver by one channel ended. `unreachable`: the recipient has no address there, or it takes
 * nothing for good; `failed`: the channel may well work later.
 */
export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }

/** What becomes of a delivery after an attempt. */
export type Verdict =
  | { readonly state: 'DELIVERED' }
  | { readonly state: 'UNREACHABLE' | 'GIVEN_UP'; readonly why: string }
  | { readonly state: 'PENDING'; readonly why: string; readonly againInMs: number }

const firstPauseMs = 1_000
const longestPauseMs = 60_000
const givenUpAfterMs = 3 * 24 * 60 * 60 * 1_000
const fewestAttempts = 10

/**
 * The rule of retries: pauses double from a second to a minute; news of three days ago, tried ten times at least,
 * is no longer sent. The longest pause is also how long mail may wait after a channel's recovery.
 */
export function judge(outcome: Outcome, attempts: number, ageMs: number): Verdict {
  if (outcome.kind === 'delivered') return { state: 'DELIVERED' }
  const { why } = outcome
  if (outcome.kind === 'unreachable') return { state: 'UNREACHABLE', why }
  if (attempts >= fewestAttempts && ageMs >= givenUpAfterMs) return { state: 'GIVEN_UP', why }
  return { state: 'PENDING', why, againInMs: Math.min(longestPauseMs, firstPauseMs * 2 ** (attempts - 1)) }
}
