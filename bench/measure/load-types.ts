/** What is asked: documents and tokens by number, so that a hundred thousand requests fit into memory. */
export type Requests = {
  documents: readonly string[]
  tokens: readonly string[]
  /** Taken in turn, from the beginning again after the last. */
  requests: readonly { document?: number; token?: number; variables?: object }[]
}

/** wrk takes little of the machine; Node is there where wrk is not. */
export type LoadTool = 'wrk' | 'node'

export type LoadOptions = {
  tool: LoadTool
  url: string
  connections: number
  seconds: number
  /** Which request is the first; a next round goes on where the last one ended. */
  from?: number
  /** An answer that lacks this text is a failure. Costs the load generator time: for answers of a few hundred bytes. */
  expect?: string
}

/** What came back. Times in milliseconds. */
export type LoadResult = {
  tool: LoadTool
  seconds: number
  answered: number
  perSecond: number
  p50: number
  p95: number
  p99: number
  max: number
  /** Not answered, answered with another status than 2xx, or without what was expected. */
  errors: number
  /** The beginning of a few answers that were errors. */
  examples: string[]
}

/** Requests as files, which is how the load generators take them. */
export type RequestFiles = { documents: string; tokens: string; requests: string }
