import type { Withheld } from './databases.ts'

/** The data of an event with its withheld fields blank; undefined where they are blank already, or it is no such event. */
export function withoutText(event: unknown, withheld: readonly Withheld[]): object | undefined {
  if (typeof event !== 'object' || event === null || !('data' in event)) return undefined
  const { context, type, data } = event as { context?: unknown; type?: unknown; data: unknown }
  const kind = withheld.find((candidate) => candidate.context === context && candidate.type === type)
  if (!kind || typeof data !== 'object' || data === null) return undefined
  const fields = data as Record<string, unknown>
  const carriesText = Object.entries(kind.blank).some(([name, blank]) => fields[name] !== blank)
  return carriesText ? { ...fields, ...kind.blank } : undefined
}
