import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { createServiceClient, NotAccepted, type Shape } from '@myhotel/kit/graphql-client'
import { createGuard, NotTakenIn } from '@myhotel/kit/guard'
import type { Signer } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import type { RefusalOf } from '../domain/refusal.ts'

/** How long an answer is awaited, how long a failing service is left alone, how many calls are under way at most. */
const usual = { timeoutMs: 3_000, retryAfterMs: 5_000, concurrent: 32 }

/** Another subgraph, over its own GraphQL. */
export type Service = {
  readonly part: Part
  /** What it answers, or that it does not: at once where it is known to be failing. */
  ask<Result extends object, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    shape: Shape<Result>,
  ): Promise<Result | RefusalOf<'SERVICE_UNAVAILABLE'>>
}

/** Calls the subgraph `name` at `url` in servicecenter's own name, behind a breaker and a bulkhead. */
export function serviceAt(
  options: { name: string; url: string; sign: Signer; log: Logger },
  { timeoutMs, retryAfterMs, concurrent } = usual,
): Service {
  const { name, url, sign, log } = options
  const later = Math.ceil(retryAfterMs / 1000)
  const client = createServiceClient({ audience: name, url, sign, log, timeoutMs, connections: concurrent })
  // Whatever is thrown is a failure: what the other side refuses, it answers.
  const guard = createGuard({
    callee: name,
    calls: 'agents',
    concurrent,
    retryAfterMs,
    isFailure: () => true,
  })
  return {
    part: { name: `${name} client`, stop: () => client.close() },
    async ask(document, variables, shape) {
      try {
        return await guard.run(() => client.send(document, variables, shape))
      } catch (error) {
        log.warn({ err: error, service: name }, 'service does not answer')
        return unavailable(name, error, later)
      }
    },
  }
}

/** All that agents ask for can be repeated, so an unknown outcome is no worse than a call that was not made. */
function unavailable(name: string, error: unknown, later: number): RefusalOf<'SERVICE_UNAVAILABLE'> {
  const retryAfterSeconds = error instanceof NotTakenIn ? error.retryAfterSeconds : later
  const notAsked = error instanceof NotTakenIn || error instanceof NotAccepted
  const message = notAsked
    ? `the ${name} service cannot be reached now: nothing was done, ask again shortly`
    : `the ${name} service has not answered: it may have been done, ask again shortly to be sure`
  return { code: 'SERVICE_UNAVAILABLE', message, retryAfterSeconds }
}
