import type { LoadTool } from './measure/load-types.ts'

/** What every part of the benchmark is told. */
export type BenchOptions = {
  /** How long each round takes. */
  seconds: number
  rounds: number
  /** What sends the requests: wrk where it can be had, unless told. */
  tool: LoadTool
  /** Where results are kept. */
  results: string
  /** Options of the part itself. */
  rest: string[]
  tell: (line: string) => void
}
