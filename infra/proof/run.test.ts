import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Context, NotPossibleHere, type Proof, promised, told } from './proof.ts'
import { readResults } from './results.ts'
import { tryProofs } from './run.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const proof = (name: string, run: Proof['run'], withinMs = 60_000): Proof => ({
  ...{ name, claim: `${name} is so`, withinMs, run },
})

async function attempt(proofs: readonly Proof[], signal = new AbortController().signal) {
  const lines: string[] = []
  const closed: string[] = []
  const results = await tryProofs(proofs, {
    ...{
      folder,
      results: join(folder, 'results'),
      claims: ['first', 'second', 'never'].map((name) => ({ name, claim: `${name} is so` })),
      converted: ['redis from Debian'],
    },
    ...{ signal, tell: (line: string) => lines.push(line), versions: async () => ({ Kubernetes: '1.37.2' }) },
    contextFor: async (given) => ({
      context: given as unknown as Context,
      close: async () => {
        closed.push(given.name)
      },
    }),
  })
  return { results, lines, closed }
}

const report = () => readFileSync(join(folder, 'PROOFS.md'), 'utf8')

test('a proof is kept when every promise holds, broken when one does not, or it throws', async () => {
  const { results, closed } = await attempt([
    proof('first', async () => [promised('failed', 0, '0', true), told('took', '3 s')]),
    proof('second', async () => [promised('failed', 2, '0', false)]),
    proof('third', () => Promise.reject(new Error('no pod is ready'))),
    proof('fourth', () => Promise.reject(new NotPossibleHere('there is one node'))),
  ])
  expect(results.map(({ outcome }) => outcome)).toEqual(['kept', 'broken', 'broken', 'not possible here'])
  expect(results[2]?.notes).toContain('no pod is ready')
  expect(closed).toEqual(['first', 'second', 'third', 'fourth'])
})

test('PROOFS.md has claim, figures, command, versions and what was converted', async () => {
  await attempt([
    proof('second', async ({ note }) => {
      note('a node | less')
      return [promised('requests failed', 0, '0', true)]
    }),
  ])
  const text = report()
  expect(text).toContain('| ✓ | second is so |')
  expect(text).toContain('| requests failed | 0 | 0 | ✓ |')
  expect(text).toContain('`npm run cluster -- proofs second`')
  expect(text).toContain('- a node | less')
  expect(text).toContain('| · | never is so | | never |')
  expect(text).toContain('On Kubernetes 1.37.2.')
  expect(text).toContain('redis from Debian')
})

test('results of earlier runs stay, in the order of the proofs', async () => {
  await attempt([proof('second', async () => [])])
  await attempt([proof('first', async () => [])])
  const text = report()
  expect(text.indexOf('## first')).toBeLessThan(text.indexOf('## second'))
  expect(readResults(join(folder, 'results')).map(({ name }) => name)).toEqual(['first', 'second'])
})

test('a proof that takes too long is given up', async () => {
  const { results } = await attempt([
    proof(
      'first',
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('was waiting')))),
      10,
    ),
  ])
  expect(results[0]?.outcome).toBe('broken')
  expect(results[0]?.notes).toContain('Given up after 0.01 s: was waiting')
})

test('what is stopped by hand says nothing about the claim', async () => {
  const stop = new AbortController()
  const { results } = await attempt(
    [
      proof('first', async () => {
        stop.abort()
        throw new Error('stopped')
      }),
      proof('second', async () => []),
    ],
    stop.signal,
  )
  expect(results).toEqual([])
})
