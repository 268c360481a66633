import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@myhotel/kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Supervised, supervise } from './supervisor.ts'

/** Of a machine that does many other things. */
const withinMs = 120_000
let folder: string
let supervised: Supervised | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'myhotel-supervisor-'))
})
afterEach(async () => {
  await supervised?.stop()
  rmSync(folder, { recursive: true })
})

/** Keeps a shell script running. It counts as ready when a file `ready` is there. */
function keep(script: string, notices: string[] = [], mayHang = false) {
  const kept = supervise(
    {
      name: 'book',
      kind: 'subgraph',
      url: '',
      command: ['sh', '-c', script],
      env: { PATH: process.env.PATH },
      cwd: folder,
      log: join(folder, 'book.log'),
      isReady: async () => readFileSync(join(folder, 'ready')).length >= 0,
      mayHang,
    },
    () => {},
    (line) => notices.push(line),
  )
  supervised = kept
  kept.start()
  return kept
}

const pause = 'while true; do sleep 0.05; done'

test('who is killed is started again, and the operator is told', async () => {
  const notices: string[] = []
  writeFileSync(join(folder, 'ready'), '')
  const book = keep(`echo started; ${pause}`, notices)
  await book.waitReady(withinMs)
  const { pid } = book.entry()
  book.kill('SIGKILL')
  await eventually(() => book.entry().state === 'waiting')
  await eventually(() => book.entry().state === 'running')
  expect(book.entry()).toMatchObject({ restarts: 1 })
  expect(book.entry().pid).not.toBe(pid)
  expect(notices).toEqual([
    expect.stringContaining('book died (signal SIGKILL); it is started again in 100 ms'),
  ])
})

test('who may hang and does not answer any more is started again', async () => {
  const notices: string[] = []
  writeFileSync(join(folder, 'ready'), '')
  const nats = keep(pause, notices, true)
  await nats.waitReady(withinMs)
  const { pid } = nats.entry()
  rmSync(join(folder, 'ready'))
  await eventually(() => nats.entry().restarts === 1)
  writeFileSync(join(folder, 'ready'), '')
  await nats.waitReady(withinMs)
  expect(nats.entry().pid).not.toBe(pid)
  expect(notices[0]).toBe('book does not answer any more and is killed')
})

test('pauses double', async () => {
  const notices: string[] = []
  keep('exit 7', notices)
  await eventually(() => notices.length >= 3)
  expect(notices.map((line) => /\((.*)\).* in (\d+) ms/.exec(line)?.slice(1)).slice(0, 3)).toEqual([
    ['exit code 7', '100'],
    ['exit code 7', '200'],
    ['exit code 7', '400'],
  ])
})

test('who is stopped stays down until started', async () => {
  writeFileSync(join(folder, 'ready'), '')
  const book = keep(pause)
  await book.stop()
  expect(book.entry()).toMatchObject({ state: 'stopped', pid: null, restarts: 0 })
  expect(book.kill('SIGKILL')).toBe(false)
  book.start()
  await book.waitReady(withinMs)
  expect(book.entry().state).toBe('running')
})

test('who dies before being ready is not waited for in vain, and its last words are passed on', async () => {
  const book = keep('echo the environment is not complete; exit 1')
  await expect(book.waitReady(withinMs)).rejects.toThrow(/dies again and again.*environment is not complete/s)
})

test('who never gets ready is waited for as long as told', async () => {
  const book = keep(pause)
  await expect(book.waitReady(100)).rejects.toThrow('book is not ready after')
})

test('a program that does not exist is said to be missing', async () => {
  const notices: string[] = []
  const spec = { ...keep(pause).spec, command: [join(folder, 'missing')] }
  const missing = supervise(
    spec,
    () => {},
    (line) => notices.push(line),
  )
  missing.start()
  await eventually(() => notices.length > 0)
  await missing.stop()
  expect(notices[0]).toContain('ENOENT')
})
