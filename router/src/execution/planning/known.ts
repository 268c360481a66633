import { createRequire } from 'node:module'
import type { QueryPlan } from '@apollo/query-planner'
import type { Logger } from '@myhotel/kit/logger'
import { z } from 'zod'

/**
 * Plans are read as this version of the planner writes them. Before it is raised here, the tests that compare the
 * router with a monolith have to pass with the new one.
 */
export const triedVersion = '2.14.4'

const require = createRequire(import.meta.url)
const versionOf = (name: string): string => require(`${name}/package.json`).version

/** The versions that are installed of what makes plans. */
export const installedVersions = Object.fromEntries(
  ['@apollo/query-planner', '@apollo/federation-internals'].map((name) => [name, versionOf(name)]),
)

// Whatever a plan says that is not named here is something that the executor would leave undone.
const names = z.array(z.string()).optional()
const rewrites = z
  .array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('ValueSetter'), path: z.array(z.string()), setValueTo: z.unknown() }),
      z.strictObject({ kind: z.literal('KeyRenamer'), path: z.array(z.string()), renameKeyTo: z.string() }),
    ]),
  )
  .optional()

const selection: z.ZodType = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('Field'),
      alias: z.string().optional(),
      name: z.string(),
      selections: z.array(selection).optional(),
    }),
    z.strictObject({
      kind: z.literal('InlineFragment'),
      typeCondition: z.string().optional(),
      selections: z.array(selection),
    }),
  ]),
)

const node: z.ZodType = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('Sequence'), nodes: z.array(node) }),
    z.strictObject({ kind: z.literal('Parallel'), nodes: z.array(node) }),
    z.strictObject({
      kind: z.literal('Flatten'),
      path: z.array(z.union([z.string(), z.number()])),
      node,
    }),
    z.strictObject({
      kind: z.literal('Condition'),
      condition: z.string(),
      ifClause: node.optional(),
      elseClause: node.optional(),
    }),
    z.strictObject({
      kind: z.literal('Fetch'),
      serviceName: z.string(),
      // Parts of answers that come later, and values from above, are not asked for here.
      id: z.undefined().optional(),
      hasDefers: z.undefined().optional(),
      contextRewrites: z.undefined().optional(),
      variableUsages: names,
      requires: z.array(selection).optional(),
      operation: z.string(),
      operationName: z.string().optional(),
      operationKind: z.enum(['query', 'mutation']),
      operationDocumentNode: z.unknown(),
      inputRewrites: rewrites,
      outputRewrites: rewrites,
    }),
  ]),
)

const plan = z.strictObject({ kind: z.literal('QueryPlan'), node: node.optional() })

/** What a plan says that the executor does not know; null where it knows all of it. */
export function flawOf(made: QueryPlan): string | null {
  const { error } = plan.safeParse(made)
  return error ? z.prettifyError(error).slice(0, 500) : null
}

const repeatAfterMs = 60_000

/**
 * Looks after plans that another version may write in another way: says so at the start, and refuses each that says what
 * the executor does not know, since it would give wrong data and no error. `event` and `count` are for whoever counts
 * lines; more of one kind are told once a minute.
 */
export function createPlanWatch(log: Logger, versions: Record<string, string> = installedVersions) {
  let count = 0
  let toldAt = Number.NEGATIVE_INFINITY
  if (Object.values(versions).some((version) => version !== triedVersion)) {
    log.warn(
      { event: 'planner_untried', tried: triedVersion, installed: versions },
      'plans are made by a version that was not tried: those that are not understood will be refused',
    )
  }
  return {
    /** @throws where the plan is not understood */
    check(made: QueryPlan, operation: string | undefined): void {
      const flaw = flawOf(made)
      if (!flaw) return
      count += 1
      const now = performance.now()
      if (now - toldAt >= repeatAfterMs) {
        toldAt = now
        log.error(
          { event: 'plan_not_understood', count, operation, flaw, installed: versions },
          'plan refused',
        )
      }
      throw new Error(`the plan of ${operation ?? 'an operation'} is not understood`)
    },
  }
}
