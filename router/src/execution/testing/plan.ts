import { getOperationAST, parse } from 'graphql'
import type { Planned, Planner } from '../planning/planner.ts'

/** Plans the one operation of a text, of which its variables skip nothing. */
export function plan(planner: Planner, text: string): Planned {
  const document = parse(text)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('there is not one operation')
  return planner.plan(document, operation, new Map())
}
