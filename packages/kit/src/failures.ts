const passingKinds = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
])
/** Prisma's codes: not reachable, timed out, closed, no connection free in time, transaction not started or lost. */
const passingCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'])
const passingNames = new Set(['NotAccepted', 'OutcomeUnknown', 'NotTakenIn', 'Overtaken', 'ReadOnlyServer'])
/** What the system says of a server that is away, while its name and address move to another one too. */
const passingSystemCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND'],
])
/**
 * What pg says, without a code, when no connection is free in time and when one is lost; what Prisma says, with the
 * SQLSTATE in the text alone, when a transaction cannot be begun.
 */
const passingMessage =
  /timeout exceeded when trying to connect|Connection terminated|^Database error\. Code: `(08|40|53|57|25006)/
/**
 * SQLSTATE classes: connection exception, transaction rollback (deadlock), insufficient resources, operator intervention;
 * 25006: the server has become a standby.
 */
const passingState = /^(08|40|53|57|25006)/

/**
 * Whether an error says that the database or another service is away or busy for now, and not that something is wrong:
 * the same request may succeed in a moment.
 */
export function isPassingFailure(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { name, code, message, meta } = error as {
    name?: string
    code?: string
    message?: string
    meta?: Meta
  }
  const cause = meta?.driverAdapterError?.cause
  return (
    passingNames.has(name ?? '') ||
    passingCodes.has(code ?? '') ||
    passingSystemCodes.has(code ?? '') ||
    passingKinds.has(cause?.kind ?? '') ||
    passingMessage.test(message ?? '') ||
    passingState.test(cause?.originalCode ?? '')
  )
}

/** PostgreSQL's SQLSTATE of a failed raw statement, where there is one. */
export function sqlState(error: unknown): string | undefined {
  const { meta } = error as { meta?: Meta & { code?: string } }
  return meta?.driverAdapterError?.cause?.originalCode ?? meta?.code
}

/** A statement of many rows was refused for what may be the fault of one; the database is well. */
export const isOfOneRow = (error: unknown) => sqlState(error) !== undefined && !isPassingFailure(error)

type Meta = { driverAdapterError?: { cause?: { kind?: string; originalCode?: string } } }
