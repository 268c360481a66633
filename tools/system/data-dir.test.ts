import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimDataDir } from './data-dir.ts'
import { LOCK_FILE } from './lock.ts'
import { boundLogs } from './logs.ts'
import { identify, isRunning } from './os-process.ts'
import { createPorts } from './ports.ts'
import { type ProcessEntry, readRecord, type SystemRecord, writeRecord } from './record.ts'

let dataDir: string
const children: ChildProcess[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'myhotel-claim-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dataDir, { recursive: true })
})

function running() {
  const child = spawn('sleep', ['100'])
  children.push(child)
  const identity = identify(child.pid ?? 0)
  if (!identity) throw new Error('did not start')
  return identity
}

function recordOf(launcher: { pid: number; started: string }, ...entries: Partial<ProcessEntry>[]) {
  const processes = entries.map((entry) => ({ kind: 'subgraph', ...entry }))
  return { state: 'running', launcher, processes } as SystemRecord
}

test('a folder with something else in it is not taken', async () => {
  writeFileSync(join(dataDir, 'diary.txt'), 'dear diary')
  await expect(claimDataDir(dataDir, { reset: true })).rejects.toThrow('not a data directory')
  expect(existsSync(join(dataDir, 'diary.txt'))).toBe(true)
})

test('one launcher at a time; the second is told who the first is', async () => {
  const first = await claimDataDir(dataDir, {})
  const self = identify(process.pid)
  if (!self) throw new Error('we do not run')
  writeRecord(first.dataDir, recordOf(self))
  await expect(claimDataDir(dataDir, {})).rejects.toThrow(
    `runs already in ${first.dataDir} (process ${self.pid}`,
  )
  first.release()
  const second = await claimDataDir(dataDir, {})
  second.release()
})

test('what a killed launcher left is stopped, and nobody else', async () => {
  const left = running()
  const innocent = running()
  const { release } = await claimDataDir(dataDir, {})
  const gone = { pid: 1, started: 'never' }
  writeRecord(
    dataDir,
    recordOf(gone, { name: 'book', ...left }, { name: 'room', ...innocent, started: 'long ago' }),
  )
  release()
  const said: string[] = []
  const claim = await claimDataDir(dataDir, { log: (line) => said.push(line) })
  expect(isRunning(left)).toBe(false)
  expect(isRunning(innocent)).toBe(true)
  expect(said.join()).toContain('left running: book')
  expect(readRecord(dataDir)).toBe(null)
  claim.release()
})

test('reset empties a data directory, but for the lock that we hold on it', async () => {
  const first = await claimDataDir(dataDir, {})
  mkdirSync(join(dataDir, 'postgres'))
  first.release()
  const second = await claimDataDir(dataDir, { reset: true })
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false)
  expect(existsSync(join(dataDir, LOCK_FILE))).toBe(true)
  second.release()
})

test('a name keeps its port from one start to the next, unless somebody else has it by then', async () => {
  const ports = createPorts(dataDir)
  const [book, room, again] = await Promise.all([ports('book'), ports('room'), ports('book')])
  expect(again).toBe(book)
  expect(room).not.toBe(book)
  const somebody = createServer().listen(book, '127.0.0.1')
  try {
    const later = createPorts(dataDir, { router: room })
    expect(await later('book')).not.toBe(book)
    expect(await later('router')).toBe(room)
    expect(await later('room')).not.toBe(room)
  } finally {
    somebody.close()
  }
})

test('a log that has grown too large becomes the old one', async () => {
  writeFileSync(join(dataDir, 'book.log'), 'x'.repeat(101))
  writeFileSync(join(dataDir, 'room.log'), 'x'.repeat(99))
  boundLogs(dataDir, 100)()
  expect(existsSync(join(dataDir, 'book.log.1'))).toBe(true)
  expect(existsSync(join(dataDir, 'room.log.1'))).toBe(false)
})
