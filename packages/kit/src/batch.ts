import { setImmediate as endOfTick } from 'node:timers/promises'

/**
 * Gathers the keys that are asked for in one tick and loads them together, so that a page of a hundred references
 * costs one query. Nothing is kept afterwards. What `load` has no answer for is undefined.
 */
export function batched<Key, Value>(
  load: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (key: Key) => Promise<Value | undefined> {
  let open: { keys: Set<Key>; values: Promise<ReadonlyMap<Key, Value>> } | undefined

  async function loadTogether(keys: ReadonlySet<Key>) {
    await endOfTick()
    open = undefined
    return load([...keys])
  }

  return async (key) => {
    if (!open) {
      const keys = new Set<Key>()
      open = { keys, values: loadTogether(keys) }
    }
    open.keys.add(key)
    return (await open.values).get(key)
  }
}
