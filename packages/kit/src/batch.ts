import { setImmediate as endOfTick } from 'node:timers/promises'
import type { Correlation } from './context.ts'
import { isPassingFailure } from './failures.ts'
import { callerUnderWay, tracedTogether } from './tracing.ts'

type Found<Value> = { readonly value: Value } | { readonly error: unknown }

/**
 * Gathers the keys that are asked for in one tick and loads them together, so that a page of a hundred references
 * costs one query. Nothing is kept afterwards. What `load` has no answer for is undefined. Where it fails, though
 * nothing says that it would pass, one key may be the cause: halves are loaded by themselves until it is known which,
 * and its failure is told to those alone who asked for it.
 */
export function batched<Key, Value>(
  load: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (key: Key) => Promise<Value | undefined> {
  type Batch = {
    readonly keys: Set<Key>
    readonly callers: Set<Correlation | undefined>
    readonly found: Promise<ReadonlyMap<Key, Found<Value>>>
  }
  let open: Batch | undefined

  async function loadTogether(keys: Batch['keys'], callers: Batch['callers']) {
    await endOfTick()
    open = undefined
    const found = new Map<Key, Found<Value>>()
    await tracedTogether([...callers], () => find([...keys], found))
    return found
  }

  async function find(keys: readonly Key[], found: Map<Key, Found<Value>>): Promise<void> {
    try {
      for (const [key, value] of await load(keys)) found.set(key, { value })
    } catch (error) {
      if (keys.length === 1 || isPassingFailure(error)) {
        for (const key of keys) found.set(key, { error })
        return
      }
      const half = Math.ceil(keys.length / 2)
      await find(keys.slice(0, half), found)
      await find(keys.slice(half), found)
    }
  }

  return async (key) => {
    if (!open) {
      const keys: Batch['keys'] = new Set()
      const callers: Batch['callers'] = new Set()
      open = { keys, callers, found: loadTogether(keys, callers) }
    }
    open.keys.add(key)
    open.callers.add(callerUnderWay())
    const found = (await open.found).get(key)
    if (found && 'error' in found) throw found.error
    return found?.value
  }
}
