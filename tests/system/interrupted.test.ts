import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../tools/system/client.ts'
import { OWNER_VARIABLE } from '../../tools/system/leftovers.ts'
import { tryLock } from '../../tools/system/lock.ts'
import { withEnvironment } from '../../tools/system/os-process.ts'
import { readRecord } from '../../tools/system/record.ts'
import { createClient } from './hotel.ts'

const CTRL_C = '\x03'
const STOPPED = 'Stopped before MyHotel was ready; nothing is left running.'
/** Of a machine that does many other things. */
const withinMs = 600_000

let dataDir = ''
let command: string[] = []

beforeAll(async () => {
  const { error } = spawnSync('script', ['--version'])
  if (error)
    throw new Error('This test presses Ctrl-C in a terminal made by "script" (Debian: bsdutils): install it.')
  dataDir = await mkdtemp(join(tmpdir(), 'myhotel-interrupted-'))
  command = ['npm', 'start', '--', '--data-dir', dataDir, '--port', '0']
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

/** `npm start` in a terminal of its own. */
const inTerminal = () => {
  const words = command.map((word) => `'${word}'`).join(' ')
  return spawn('script', ['-qec', `exec ${words}`, '/dev/null'], {
    cwd: ROOT,
    env: { ...process.env, SHELL: '/bin/sh' },
  })
}
const outsideTerminal = () => spawn(command[0] ?? '', command.slice(1), { cwd: ROOT })

/** Interrupts a start as soon as it has said something; gives all that it said until it ended by itself. */
async function interrupted(start: ChildProcess, when: RegExp, interrupt: () => void): Promise<string> {
  let said = ''
  const hear = (text: Buffer) => {
    const before = when.test(said)
    said += text
    if (!before && when.test(said)) interrupt()
  }
  start.stdout?.on('data', hear)
  start.stderr?.on('data', hear)
  await once(start, 'close')
  return said
}

async function expectNothingLeft(): Promise<void> {
  // Nobody has to end it any more: the last of what was ended is being collected.
  await eventually(() => withEnvironment(OWNER_VARIABLE, dataDir).length === 0, { withinMs })
  expect(readRecord(dataDir)).toBe(null)
  const lock = tryLock(dataDir)
  expect(lock).not.toBe(null)
  lock?.release()
}

test.each([
  ['while it looks for programs', /\[3\/7\]/],
  ['while servers start', /\[4\/7\]/],
  ['while databases are migrated', /\[5\/7\]/],
  ['while services start', /\[6\/7\]/],
  ['while demo data are filled in', / 25 %/],
])('Ctrl-C ends a start %s with one sentence, and leaves nothing', { timeout: withinMs }, async (_, when) => {
  const start = inTerminal()
  const said = await interrupted(start, when, () => start.stdin?.write(CTRL_C))
  expect(said.slice(said.indexOf('^C') + 2).trim()).toBe(STOPPED)
  await expectNothingLeft()
})

test('a signal to npm alone does, too', { timeout: withinMs }, async () => {
  const start = outsideTerminal()
  const said = await interrupted(start, /\[6\/7\]/, () => start.kill('SIGINT'))
  expect(said.trim().split('\n').at(-1)).toBe(STOPPED)
  await expectNothingLeft()
})

test('the next start goes on: with all of the demo data, and none of them twice', {
  timeout: withinMs,
}, async () => {
  const start = inTerminal()
  let rooms: string[] = []
  const said = await interrupted(start, /MyHotel is running/, async () => {
    rooms = await namesOfRooms().finally(() => start.stdin?.write(CTRL_C))
  })
  expect(said).toContain('[7/7] filling in the rest of the demo data …')
  expect(said).not.toContain('not complete')
  expect(rooms.length).toBe(240)
  expect(new Set(rooms).size).toBe(240)
  expect(said).toMatch(/stopping …\s+stopped\s/)
  await expectNothingLeft()
})

async function namesOfRooms(): Promise<string[]> {
  const { one } = createClient(readRecord(dataDir)?.router ?? '', async () => '')
  const names: string[] = []
  for (let after = null; ; ) {
    const page = await one(
      null,
      `query ($after: String) { searchRooms(sort: NEWEST, first: 100, after: $after) {
         edges { node { name host { id } location { city } } } pageInfo { hasNextPage endCursor } } }`,
      { after },
    )
    names.push(...page.edges.map(({ node }: { node: object }) => JSON.stringify(node)))
    if (!page.pageInfo.hasNextPage) return names
    after = page.pageInfo.endCursor
  }
}
