import type { GraphqlServer } from '@myhotel/kit/http'
import { type Known, createShortcut as shortcutBefore } from '@myhotel/kit/shortcut'
import type { Operation, RouterContext } from '../exchange.ts'
import type { ReplaceableGateway } from '../execution/gateway.ts'
import type { OperationLimits } from '../limits/operation-limits.ts'

const rememberedCharacters = 2 * 1024 * 1024

/**
 * The way past Apollo Server for operations that it has answered before: straight to the supergraph that is served,
 * within the same limits. What is over them, variables that do not fit and every error are Apollo Server's to say,
 * given what was executed.
 */
export function createShortcut(options: {
  apollo: GraphqlServer<RouterContext>
  gateway: Pick<ReplaceableGateway, 'serves' | 'execute'>
  limits: Pick<OperationLimits, 'allow'>
}): GraphqlServer<RouterContext> {
  const { apollo, gateway, limits } = options
  const known: Known<RouterContext, Operation> = {
    remember: (_, { exchange }) => exchange.asked ?? null,
    async execute(operation, variables, { exchange }) {
      if (!gateway.serves(operation.schema)) return null
      if (!(await limits.allow(operation, variables, exchange))) return null
      const result = await gateway.execute(operation, exchange, variables).catch(() => null)
      return result && !result.errors ? result : null
    },
  }
  return shortcutBefore({ apollo, known, rememberedCharacters })
}
