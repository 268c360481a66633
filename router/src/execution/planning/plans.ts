import { setImmediate as breathe } from 'node:timers/promises'
import { moreRules } from '@myhotel/kit/client-faults'
import {
  type DocumentNode,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Planned, Planner } from './planner.ts'

/** An operation that can be asked for again: by the hash or name of its document, and its own name. */
export type Known = {
  readonly id: string
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

/** Operations that are planned and compiled, as many as there is memory for. */
export type Plans<Compiled> = {
  /** Plans and compiles where that is not done yet. */
  get(known: Known): Compiled
  /** What is kept, the last used first. */
  known(): Known[]
  /** Plans operations before they are asked for; those that are not of this schema are left out. */
  warm(known: Iterable<Known>): Promise<void>
}

const rules = [...specifiedRules, ...moreRules]

type Entry<Compiled> = { readonly known: Known; readonly compiled: Compiled }

export function createPlans<Compiled>(
  planner: Planner,
  compile: (planned: Planned, document: DocumentNode) => Compiled,
  bytes: number,
): Plans<Compiled> {
  const sizes = new WeakMap<object, number>()
  const entries = new LRUCache<string, Entry<Compiled>>({
    maxSize: bytes,
    sizeCalculation: (entry) => sizes.get(entry) ?? 1,
  })

  function get(known: Known): Compiled {
    const { id, document, operation } = known
    const name = operation.name?.value
    const key = `${id} ${name ?? ''}`
    const kept = entries.get(key)
    if (kept) return kept.compiled
    const planned = planner.plan(document, name)
    const entry = { known, compiled: compile(planned, document) }
    sizes.set(entry, sizeOf(planned, document))
    entries.set(key, entry)
    return entry.compiled
  }

  return {
    get,
    known: () => [...entries.values()].map(({ known }) => known),
    async warm(operations) {
      // From the last one, so that what is most in use is the last to be forgotten.
      for (const known of [...operations].reverse()) {
        if (validate(planner.apiSchema, known.document, rules).length === 0) get(known)
        // Requests go on meanwhile.
        await breathe()
      }
    },
  }
}

/** The operations of documents by their ids, as a manifest has them. What cannot be read is left out. */
export function operationsOf(documents: ReadonlyMap<string, string>): Known[] {
  return [...documents].flatMap(([id, text]) => {
    const document = attempt(() => parse(text))
    const operation = document && getOperationAST(document)
    return operation ? [{ id, document, operation }] : []
  })
}

function attempt<Value>(work: () => Value): Value | null {
  try {
    return work()
  } catch {
    return null
  }
}

/**
 * What a plan and all that is compiled of it takes, by estimate: forty times the texts of plan and document, as was
 * measured of the heap over hundreds of operations on the hotel's supergraph.
 */
function sizeOf({ plan }: Planned, document: DocumentNode): number {
  return 40 * (JSON.stringify(plan).length + (document.loc?.source.body.length ?? 0)) + 1_000
}
