import { correlation } from '@myhotel/kit/context'
import type { AgentActions } from '../application/ports.ts'
import type { Database } from './database.ts'

/** The record of agents' actions in PostgreSQL, in two tables that refuse every change of what they hold. */
export function prismaAgentActions(database: Database): AgentActions {
  return {
    async begin(action) {
      const { correlationId } = correlation()
      await database.agentAction.create({ data: { ...action, correlationId } })
    },
    async complete(actionId, outcome, recordedAt) {
      await database.agentActionOutcome.create({ data: { actionId, outcome, recordedAt } })
    },
  }
}
