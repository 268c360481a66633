import { setImmediate as breathe } from 'node:timers/promises'
import { moreRules } from '@myhotel/kit/client-faults'
import { traced } from '@myhotel/kit/tracing'
import {
  type DocumentNode,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { type Flags, flagsOf, readFlags } from './conditions.ts'
import type { Planned, Planner } from './planner.ts'

/** An operation that can be asked for again: by the hash or name of its document, and its own name. */
export type Known = {
  readonly id: string
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

/** Operations that are planned and compiled, as many as there is memory for. */
export type Plans<Compiled> = {
  /** Plans and compiles where that is not done yet, for what the variables say is skipped. */
  get(known: Known, variables: Variables): Compiled
  /** What is kept, the last used first. */
  known(): Skipping[]
  /** Plans operations before they are asked for; those that are not of this schema are left out. */
  warm(known: Iterable<Skipping>): Promise<void>
}

const rules = [...specifiedRules, ...moreRules]

type Variables = Readonly<Record<string, unknown>>

/** An operation with the values of the variables that decide what of it is skipped. */
export type Skipping = { readonly known: Known; readonly flags: Flags }

type Entry<Compiled> = Skipping & { readonly compiled: Compiled }

/** Of a document with more variables that skip something than this no plans are made ahead. */
const flagsAhead = 2

export function createPlans<Compiled>(
  planner: Planner,
  compile: (planned: Planned) => Compiled,
  bytes: number,
): Plans<Compiled> {
  const sizes = new WeakMap<object, number>()
  const entries = new LRUCache<string, Entry<Compiled>>({
    maxSize: bytes,
    sizeCalculation: (entry) => sizes.get(entry) ?? 1,
  })

  function get(known: Known, variables: Variables): Compiled {
    const flags = flagsOf(known.document, known.operation)
    return getFor({ known, flags: readFlags(flags, variables) })
  }

  function getFor({ known, flags }: Skipping): Compiled {
    const { id, document, operation } = known
    let key = `${id} ${operation.name?.value ?? ''}`
    for (const value of flags.values()) key += value ? ' 1' : ' 0'
    const kept = entries.get(key)
    if (kept) return kept.compiled
    const planned = traced('plan', {}, () => planner.plan(document, operation, flags))
    const entry = { known, flags, compiled: compile(planned) }
    sizes.set(entry, sizeOf(planned, document))
    entries.set(key, entry)
    return entry.compiled
  }

  return {
    get,
    known: () => [...entries.values()].map(({ known, flags }) => ({ known, flags })),
    async warm(operations) {
      // From the last one, so that what is most in use is the last to be forgotten.
      for (const one of [...operations].reverse()) {
        if (validate(planner.apiSchema, one.known.document, rules).length === 0) getFor(one)
        // Requests go on meanwhile.
        await breathe()
      }
    },
  }
}

/**
 * The operations of documents by their ids, as a manifest has them, with all that may be skipped of each. What cannot
 * be read is left out.
 */
export function operationsOf(documents: ReadonlyMap<string, string>): Skipping[] {
  return [...documents].flatMap(([id, text]) => {
    const document = attempt(() => parse(text))
    const operation = document && getOperationAST(document)
    if (!operation) return []
    const names = flagsOf(document, operation).map(({ name }) => name)
    return everyFlags(names).map((flags) => ({ known: { id, document, operation }, flags }))
  })
}

/** All values that so many variables may have; none where that would be too many. */
function everyFlags(names: readonly string[]): Flags[] {
  if (names.length > flagsAhead) return []
  return names.reduce<Map<string, boolean>[]>(
    (all, name) => all.flatMap((flags) => [false, true].map((value) => new Map(flags).set(name, value))),
    [new Map()],
  )
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
