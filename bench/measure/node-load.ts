import { readFileSync } from 'node:fs'
import { createHistogram } from 'node:perf_hooks'
import { Pool } from 'undici'
import type { LoadOptions, LoadResult, RequestFiles } from './load-types.ts'

const lines = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n')

/** Sends requests from this process: for machines without wrk. It takes far more of the processor than wrk does. */
export async function nodeLoad(files: RequestFiles, options: LoadOptions): Promise<LoadResult> {
  const [documents, tokens, requests] = [files.documents, files.tokens, files.requests].map(lines) as [
    string[],
    string[],
    string[],
  ]
  const { origin, pathname } = new URL(options.url)
  const pool = new Pool(origin, { connections: options.connections, keepAliveTimeout: 30_000 })
  const latency = createHistogram()
  const result = { answered: 0, errors: 0, examples: [] as string[] }
  const begun = performance.now()
  const until = begun + options.seconds * 1000
  let number = options.from ?? 0

  async function sendNext(): Promise<void> {
    const [document = '0', token = '-', variables = '{}'] = (
      requests[number++ % requests.length] ?? ''
    ).split('\t')
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (token !== '-') headers.authorization = `Bearer ${tokens[Number(token)]}`
    const body = `${documents[Number(document)]}${variables}}`
    const sent = performance.now()
    try {
      const response = await pool.request({ path: pathname, method: 'POST', headers, body })
      const text = await response.body.text()
      latency.record(Math.max(1, Math.round((performance.now() - sent) * 1e6)))
      result.answered += 1
      if (response.statusCode > 299 || (options.expect && !text.includes(options.expect))) fail(text)
    } catch (error) {
      fail(String(error))
    }
  }
  function fail(example: string) {
    result.errors += 1
    if (result.examples.length < 5) result.examples.push(example.slice(0, 300))
  }
  const connection = async () => {
    while (performance.now() < until) await sendNext()
  }
  await Promise.all(Array.from({ length: options.connections }, connection))
  const seconds = (performance.now() - begun) / 1000
  await pool.close()
  const ms = (nanoseconds: number) => nanoseconds / 1e6
  return {
    tool: 'node',
    seconds,
    ...result,
    perSecond: result.answered / seconds,
    p50: ms(latency.percentile(50)),
    p95: ms(latency.percentile(95)),
    p99: ms(latency.percentile(99)),
    max: ms(latency.max),
  }
}
