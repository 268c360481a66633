const passingKinds = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
])
/** Prisma's codes: not reachable, timed out, closed, no connection free in time, transaction not started or lost. */
const passingCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'])
const passingNames = new Set(['NotAccepted', 'OutcomeUnknown', 'NotTakenIn', 'Overtaken'])
/** SQLSTATE classes: connection exception, insufficient resources, operator intervention. */
const passingState = /^(08|53|57)/

/**
 * Whether an error says that the database or another service is away or busy for now, and not that something is wrong:
 * the same request may succeed in a moment.
 */
export function isPassingFailure(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { name, code, meta } = error as { name?: string; code?: string; meta?: Meta }
  const cause = meta?.driverAdapterError?.cause
  return (
    passingNames.has(name ?? '') ||
    passingCodes.has(code ?? '') ||
    passingKinds.has(cause?.kind ?? '') ||
    passingState.test(cause?.originalCode ?? '')
  )
}

type Meta = { driverAdapterError?: { cause?: { kind?: string; originalCode?: string } } }
