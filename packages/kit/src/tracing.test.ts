import { afterEach, beforeEach, expect, it } from 'vitest'
import { correlated, correlation, newCorrelation } from './context.ts'
import { gathered } from './gather.ts'
import { keepSpans, sampledTrace } from './testing/spans.ts'
import { isSampled, traceIdOf } from './traceparent.ts'
import { sendSpansTo, spanUnderWay, traced, withSpans } from './tracing.ts'

let kept: ReturnType<typeof keepSpans>
beforeEach(() => {
  kept = keepSpans()
})
afterEach(() => kept.stop())

const under = (traceparent: string) => ({ correlationId: 'c', traceparent })
const sampled = under(sampledTrace(1))
const where = () => kept.seen().map(({ name, below }) => [name, below])

it('puts a span below the one under way, and what it causes below itself', async () => {
  await correlated(sampled, () =>
    traced('outer', {}, async () => {
      expect(traceIdOf(correlation().traceparent)).toBe(traceIdOf(sampled.traceparent))
      await traced('inner', {}, async (span) => expect(correlation().traceparent).toBe(span?.traceparent))
      return traced('next', {}, () => 1)
    }),
  )
  expect(where()).toEqual([
    ['outer', `elsewhere ${'1'.repeat(16)}`],
    ['inner', 'outer'],
    ['next', 'outer'],
  ])
  expect(correlation().correlationId).not.toBe('c')
})

it('gives the first span of a trace the id that the trace was begun with', () => {
  const begun = newCorrelation(undefined, undefined, 1)
  correlated(begun, () => traced('first', { begins: true }, () => traced('second', {}, () => undefined)))
  expect(where()).toEqual([
    ['first', null],
    ['second', 'first'],
  ])
  expect(kept.spans.at(-1)?.spanContext().spanId).toBe(begun.traceparent.slice(36, 52))
})

it('records nothing of a trace that is not sampled, of no trace, and with nowhere to send it', async () => {
  const work = (span: unknown) => span
  expect(correlated(newCorrelation(), () => traced('unsampled', {}, work))).toBeUndefined()
  expect(traced('nobody’s', {}, work)).toBeUndefined()
  sendSpansTo(undefined)
  expect(correlated(sampled, () => traced('off', {}, work))).toBeUndefined()
  expect(kept.seen()).toEqual([])
})

it('begins no sampled trace but where a share is asked for', () => {
  expect(isSampled(newCorrelation().traceparent)).toBe(false)
  expect(isSampled(newCorrelation(undefined, undefined, 1).traceparent)).toBe(true)
  expect(isSampled(newCorrelation(undefined, sampledTrace(3)).traceparent)).toBe(true)
})

it('tells failures by their kind and not by their words, and passes them on', async () => {
  const gone = Object.assign(new Error('guest1 is secret'), { code: 'ECONNRESET' })
  await expect(
    correlated(sampled, () => traced('asynchronous', {}, () => Promise.reject(gone))),
  ).rejects.toBe(gone)
  const bug = () =>
    correlated(sampled, () =>
      traced('synchronous', {}, () => {
        throw new TypeError('secret')
      }),
    )
  expect(bug).toThrow(TypeError)
  expect(kept.seen().map(({ failed, attributes }) => [failed, attributes['error.type']])).toEqual([
    [true, 'ECONNRESET'],
    [true, 'TypeError'],
  ])
  expect(JSON.stringify(kept.seen())).not.toContain('secret')
})

it('has work for several callers in the trace of each, and what it causes in one of them', async () => {
  const ask = gathered<number, number>({
    most: 3,
    work: (numbers) => traced('statement', {}, async () => numbers.map((number) => number + 1)),
  })
  const callers = [newCorrelation(), sampled, under(sampledTrace(2))]
  const answers = await Promise.all(
    callers.map((caller, number) =>
      correlated(caller, () => traced(`caller ${number}`, {}, () => ask(number))),
    ),
  )
  expect(answers).toEqual([1, 2, 3])
  const batches = kept.seen().filter(({ name }) => name === 'batch')
  expect(
    batches.map(({ below, links, attributes }) => [below, links, attributes['myhotel.batch.size']]),
  ).toEqual([
    ['caller 1', [], 3],
    ['caller 2', ['batch'], 3],
  ])
  expect(where()).toContainEqual(['statement', 'batch'])
  expect(where().filter(([name]) => name === 'statement')).toHaveLength(1)
})

it('has work for one caller directly below it, and none below whoever was worked for before', async () => {
  const ask = gathered<string, string>({
    most: 1,
    work: (items) => traced('statement', {}, async () => items),
  })
  await correlated(sampled, () => traced('caller', {}, () => Promise.all([ask('a'), ask('b')])))
  const rest = Promise.all([
    correlated(sampled, () => traced('caller', {}, () => ask('c'))),
    correlated(newCorrelation(), () => ask('d')),
    ask('e'),
  ])
  expect(await rest).toEqual(['c', 'd', 'e'])
  expect(where().filter(([name]) => name === 'statement')).toEqual(Array(3).fill(['statement', 'caller']))
})

it('makes spans of the calls of a port, and leaves the rest of it as it is', async () => {
  const port = { ask: async (word: string) => ({ outcome: word }), name: 'port', busy: () => 7 }
  const seen = withSpans('provider', port, ['ask'], {
    attributes: { kind: 'sandbox' },
    tell: ({ outcome }: { outcome: string }) => ({ outcome }),
  })
  expect([await correlated(sampled, () => seen.ask('done')), seen.name, seen.busy()]).toEqual([
    { outcome: 'done' },
    'port',
    7,
  ])
  expect(kept.seen()).toMatchObject([
    { name: 'provider ask', attributes: { kind: 'sandbox', outcome: 'done' } },
  ])
})

it('knows the span under way, to say more of it', () => {
  correlated(sampled, () => traced('named later', {}, () => spanUnderWay()?.set({ size: 3 })))
  expect(kept.seen()).toMatchObject([{ attributes: { size: 3 } }])
  expect(spanUnderWay()).toBeUndefined()
})
