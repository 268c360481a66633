import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Who is held to which processor: what is measured has one for itself, all others share the rest. */
export type Place = 'measured' | 'others'

/** Needs util-linux' taskset and a second processor; elsewhere everybody runs everywhere. */
export const isPinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

const lastCore = availableParallelism() - 1

/** The command, held to its place. `taskset` becomes the program, so that the process id stays the program's. */
export function pinned(place: Place, command: readonly string[]): string[] {
  if (!isPinned) return [...command]
  return ['taskset', '-c', place === 'measured' ? '0' : `1-${lastCore}`, ...command]
}
