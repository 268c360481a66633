import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'

/** The addresses of a host now. Rejects with code ENOTFOUND where it has none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>

/** As the system resolves names, also those of /etc/hosts. */
export const lookupBySystem: Lookup = async (hostname) =>
  (await systemLookup(hostname, { all: true })).map(({ address }) => address)

/** Milliseconds between two lookups of a name, and so until a new replica gets its share. */
const resolveEveryMs = 2_000
/** If a replica cannot be reached, or there is none, the name has probably changed: the next lookup comes sooner. */
const resolveSoonMs = 250
/** A lookup that takes longer has failed. */
const resolveWithinMs = 2_000

/** The lookups of one name. */
export type Addresses = {
  /** Resolves after the first lookup, even if it failed. */
  readonly known: Promise<void>
  /** A replica could not be reached: resolves the name again shortly. */
  doubt(): void
  stop(): void
}

/**
 * Resolves a name again and again. `onChange` is called with the addresses of each replica when they have changed. If a
 * lookup fails, the addresses stay as they were; if the name has no address any more, there are no replicas.
 */
export function followAddresses(
  hostname: string,
  lookup: Lookup,
  onChange: (replicas: readonly (readonly string[])[]) => void,
): Addresses {
  const first = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined
  let nextAt = 0
  let stopped = false
  let seen: string | undefined

  const plan = (inMs: number) => {
    if (stopped) return
    clearTimeout(timer)
    nextAt = Date.now() + inMs
    timer = setTimeout(look, inMs)
    timer.unref()
  }

  async function look(): Promise<void> {
    nextAt = 0
    try {
      tell(await inTime(lookup(hostname), hostname))
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOTFOUND') tell([])
    }
    first.resolve()
    // Jitter: processes should not all ask at the same moment.
    plan(seen ? resolveEveryMs * (0.75 + Math.random() / 2) : resolveSoonMs)
  }

  function tell(addresses: readonly string[]) {
    if (stopped) return
    const sorted = [...new Set(addresses)].sort()
    if (sorted.join() === seen) return
    seen = sorted.join()
    onChange(asReplicas(sorted))
  }

  void look()
  return {
    known: first.promise,
    doubt() {
      if (nextAt > Date.now() + resolveSoonMs) plan(resolveSoonMs)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/**
 * One replica for each address. One address of each family is one replica, such as localhost: Node connects by the family
 * that answers. With more addresses of both families, those of IPv4 identify the replicas.
 */
function asReplicas(addresses: readonly string[]): (readonly string[])[] {
  const four = addresses.filter((address) => isIP(address) === 4)
  const six = addresses.filter((address) => isIP(address) === 6)
  if (four.length === 1 && six.length === 1) return [addresses]
  return (four.length > 0 ? four : six).map((address) => [address])
}

/** The system's own word for a name server that did not answer. */
const unresolvedForNow = 'EAI_AGAIN'

async function inTime<Result>(looked: Promise<Result>, hostname: string): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const error = Object.assign(new Error(`${hostname} was not resolved within ${resolveWithinMs} ms`), {
    code: unresolvedForNow,
  })
  const timer = setTimeout(() => late.reject(error), resolveWithinMs)
  try {
    return await Promise.race([looked, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
