import { LRUCache } from 'lru-cache'

/** What a user's own request wrote, so that the read model can wait for it before it answers that user. */
export type Writes = {
  /** Takes in what a subgraph says it wrote, its header `x-wrote`: `book.<id>:1,book.<id>:4`. */
  note(wrote: string): void
  /** All that this request wrote, in the same form; empty where it wrote nothing. */
  written(): string
  /** What the user wrote in the last seconds or says to have written: what an answer should be based on. */
  toSee(): string
}

type Versions = Map<string, number>

/** `<context>.<id>:<version>`, as our own services write it. */
const entry = /^([\w-]+\.[!-+\--~]{1,200}):([1-9]\d{0,9})$/
const mostEntries = 50

/**
 * A mutation answers before its events have reached the read model. The router tells the client which
 * versions were written (header `x-read-after`), and the client may send that back with its next query, to
 * any router. The same is remembered here for `keepMs` for each signed-in user, so that a client of one
 * router need do nothing.
 */
export function createReadYourWrites({ keepMs = 10_000, users = 20_000 } = {}) {
  const recent = new LRUCache<string, Versions>({ max: users, ttl: keepMs })

  /**
   * The writes of one request. `readAfter` is the header the client sent; what is not well-formed counts for
   * nothing.
   */
  return function begin(user: string | null, readAfter: string | undefined): Writes {
    const written: Versions = new Map()
    return {
      note(wrote) {
        merge(written, wrote)
        if (user !== null) recent.set(user, merge(recent.get(user) ?? new Map(), wrote))
      },
      written: () => print(written),
      toSee() {
        const remembered = user === null ? undefined : recent.get(user)
        if (!readAfter) return remembered ? print(remembered) : ''
        return print(merge(new Map(remembered), readAfter))
      },
    }
  }
}

export type ReadYourWrites = ReturnType<typeof createReadYourWrites>

/** Adds what `text` names, newest last; the oldest are dropped where there are too many. */
function merge(versions: Versions, text: string): Versions {
  for (const item of text.split(',', mostEntries)) {
    const [, aggregate, digits] = entry.exec(item.trim()) ?? []
    if (!aggregate) continue
    const version = Math.max(Number(digits), versions.get(aggregate) ?? 0)
    versions.delete(aggregate)
    versions.set(aggregate, version)
  }
  for (const oldest of versions.keys()) {
    if (versions.size <= mostEntries) break
    versions.delete(oldest)
  }
  return versions
}

const print = (versions: Versions) =>
  Array.from(versions, ([aggregate, version]) => `${aggregate}:${version}`).join(',')
