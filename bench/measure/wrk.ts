import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pinned } from './cores.ts'
import type { LoadOptions, LoadResult, RequestFiles } from './load-types.ts'

export const hasWrk = () => spawnSync('wrk', ['--version'], { stdio: 'ignore' }).error === undefined

/** Sends requests by wrk, one thread of it. */
export async function wrkLoad(files: RequestFiles, options: LoadOptions): Promise<LoadResult> {
  const [command = '', ...args] = pinned('others', [
    'wrk',
    ...['--threads', '1', '--connections', String(options.connections)],
    ...['--duration', `${options.seconds}s`, '--timeout', '30s'],
    ...['--script', join(import.meta.dirname, 'wrk.lua'), options.url],
  ])
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    BENCH_DOCUMENTS: files.documents,
    BENCH_TOKENS: files.tokens,
    BENCH_REQUESTS: files.requests,
    BENCH_FROM: String(options.from ?? 0),
    ...(options.expect ? { BENCH_EXPECT: options.expect } : {}),
  }
  const { stdout } = await promisify(execFile)(command, args, { env })
  const result = /^RESULT\t(.*)$/m.exec(stdout)?.[1]
  if (!result) throw new Error(`wrk measured nothing:\n${stdout}`)
  const told = JSON.parse(result) as Omit<LoadResult, 'tool' | 'perSecond' | 'examples'>
  const examples = [...stdout.matchAll(/^EXAMPLE\t(.*)$/gm)].map(([, text = '']) => text)
  return { tool: 'wrk', ...told, perSecond: told.answered / told.seconds, examples }
}
