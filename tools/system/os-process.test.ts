import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { getPriority } from 'node:os'
import { eventually } from '@myhotel/kit/testing'
import { expect, onTestFinished, test } from 'vitest'
import {
  end,
  identify,
  isRunning,
  type ProcessIdentity,
  send,
  standBack,
  withEnvironment,
} from './os-process.ts'

/** A process that does nothing until it is ended; `script` is what it does at first. */
async function idle(script = '', env: NodeJS.ProcessEnv = {}): Promise<ProcessIdentity> {
  const code = `${script}; setInterval(() => {}, 1000); console.log('up')`
  const child = spawn(process.execPath, ['-e', code], { env: { ...process.env, ...env } })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  const identity = identify(child.pid ?? 0)
  if (!identity) throw new Error('did not start')
  return identity
}

test('a process is known by its start time, too: another one under the same number is not it', async () => {
  const process = await idle()
  expect(isRunning(process)).toBe(true)
  expect(isRunning({ ...process, started: '1' })).toBe(false)
  await end({ ...process, started: '1' }, 'SIGKILL', 1_000)
  expect(isRunning(process)).toBe(true)
  await end(process, 'SIGTERM', 120_000)
  expect(isRunning(process)).toBe(false)
  // Its number is free once its parent, this process, has taken note of its end.
  await eventually(() => !send(process.pid, 'SIGTERM'))
})

test('who does not listen is ended by force', async () => {
  const process = await idle(`process.on('SIGTERM', () => {})`)
  expect(await end(process, 'SIGTERM', 200)).toBe(false)
  expect(isRunning(process)).toBe(false)
})

test('a stopped process is ended in order', async () => {
  const process = await idle()
  send(process.pid, 'SIGSTOP')
  expect(await end(process, 'SIGTERM', 120_000)).toBe(true)
  expect(isRunning(process)).toBe(false)
})

test('who stands back has a lower priority; of one that has ended nothing is said', async () => {
  const process = await idle()
  standBack(process.pid, 10)
  expect(getPriority(process.pid)).toBe(10)
  await end(process, 'SIGKILL', 120_000)
  await eventually(() => !send(process.pid, 'SIGTERM'))
  standBack(process.pid, 10)
})

test.runIf(process.platform === 'linux')(
  'processes are found by a variable of their environment',
  async () => {
    const process = await idle('', { MYHOTEL_PROBE: 'this one' })
    expect(withEnvironment('MYHOTEL_PROBE', 'this one')).toEqual([process])
    expect(withEnvironment('MYHOTEL_PROBE', 'this')).toEqual([])
  },
)
