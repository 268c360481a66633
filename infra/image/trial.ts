import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** Starts a program of an image by its name, with this environment and nothing else. */
export type Start = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) => ChildProcessByStdio<null, Readable, Readable>

/** What came of a program. */
export type Outcome = { code: number | null; signal: NodeJS.Signals | null; said: string; listened: boolean }

/** How long a program may take on a machine that has much else to do. */
const withinMs = 120_000

/**
 * Runs a program to its end; one that says that it listens is asked to end by SIGTERM. One that neither listens nor ends is
 * killed, which its outcome tells.
 */
export async function tryProgram(
  start: Start,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const child = start(args, env)
  const patience = setTimeout(() => child.kill('SIGKILL'), withinMs)
  let listened = false
  child.stdout.on('data', (data: Buffer) => {
    if (listened || !data.includes('"msg":"listening"')) return
    listened = true
    child.kill('SIGTERM')
  })
  const ended = new Promise<Pick<Outcome, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  clearTimeout(patience)
  return { ...end, said: stdout + stderr, listened }
}

/** Signs that a program is not whole in an image: something that it needs was left out. */
const incomplete = /ERR_MODULE_NOT_FOUND|ERR_PACKAGE|Cannot find|ENOENT|EACCES|EROFS|SyntaxError/

/**
 * What is wrong with how a program began; undefined where it listened and ended in order when it was asked to, or
 * refused to go on without stores, in words.
 */
export function flawOf({ code, signal, said, listened }: Outcome): string | undefined {
  const how = signal ? `was ended by ${signal}` : `ended with ${code}`
  if (incomplete.test(said)) return `lacks something: ${said}`
  if (listened) return code === 0 ? undefined : `${how} when it was asked to end: ${said}`
  if (code !== 1 && code !== 2) return `${how} and did not listen: ${said}`
  return said.includes('\n    at ') ? `ended with a stack instead of a sentence: ${said}` : undefined
}
