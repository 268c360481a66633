import { expect, it } from 'vitest'
import { exportRequest, type Span } from './otlp.ts'
import { picture } from './picture.ts'
import { createTraces } from './traces.ts'
import { waterfall } from './waterfall.ts'

const at = (ms: number) => `${BigInt((1_800_000_000_000 + ms) * 1_000) * 1_000n}`
const id = (digit: number, length = 16) => String(digit).repeat(length)

/** A span as an exporter sends it. */
const sent = (
  number: number,
  parent: number | null,
  name: string,
  fromMs: number,
  toMs: number,
  more: object = {},
) => ({
  ...{ traceId: id(1, 32), spanId: id(number), name, kind: 3 },
  ...(parent === null ? {} : { parentSpanId: id(parent) }),
  ...{ startTimeUnixNano: at(fromMs), endTimeUnixNano: at(toMs), status: { code: 0 } },
  ...more,
})

const read = (service: string, ...spans: object[]): Span[] =>
  exportRequest.parse({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeSpans: [{ scope: { name: 'myhotel' }, spans }],
      },
    ],
  })

it('reads what exporters send', () => {
  const attributes = [
    { key: 'size', value: { intValue: '3' } },
    { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }] } } },
    { key: 'on', value: { boolValue: true } },
  ]
  const links = [{ traceId: id(2, 32), spanId: id(9), attributes: [] }]
  expect(read('book', sent(2, 1, 'SELECT', 3.5, 5, { attributes, links, status: { code: 2 } }))).toEqual([
    {
      ...{
        traceId: id(1, 32),
        spanId: id(2),
        parentSpanId: id(1),
        name: 'SELECT',
        kind: 'client',
        service: 'book',
      },
      ...{ startMs: 1_800_000_000_003.5, durationMs: 1.5, failed: true },
      attributes: { size: '3', list: '{"values":[{"stringValue":"a"}]}', on: 'true' },
      links: [{ traceId: id(2, 32), spanId: id(9) }],
    },
  ])
})

it('refuses what is no span', () => {
  expect(exportRequest.safeParse({}).success).toBe(false)
  expect(() => read('book', { ...sent(2, 1, 'x', 0, 1), traceId: '../etc' })).toThrow()
})

const whole = () => [
  ...read('router', sent(1, null, 'mutation bookRoom', 0, 30), sent(2, 1, 'fetch book', 2, 28)),
  ...read(
    'book',
    sent(5, 4, 'later', 20, 25),
    sent(4, 2, 'mutation bookRoom', 3, 27),
    sent(3, 4, 'earlier', 4, 6),
  ),
  ...read('notification', sent(7, 6, 'of an unknown parent', 40, 90, { status: { code: 2 } })),
]

it('puts each span below what caused it, the earlier before the later', () => {
  expect(waterfall(whole()).map(({ span, depth, offsetMs }) => [span.name, depth, offsetMs])).toEqual([
    ['mutation bookRoom', 0, 0],
    ['fetch book', 1, 2],
    ['mutation bookRoom', 2, 3],
    ['earlier', 3, 4],
    ['later', 3, 20],
    ['of an unknown parent', 0, 40],
  ])
})

it('tells how long a client waited, and when all was done', () => {
  const traces = createTraces(100)
  for (const span of whole()) traces.add([span])
  expect(traces.find({}, 10)).toEqual([
    {
      ...{ traceId: id(1, 32), name: 'mutation bookRoom', startMs: 1_800_000_000_000 },
      ...{ durationMs: 30, doneMs: 90, spans: 6, failed: true },
      services: ['book', 'notification', 'router'],
    },
  ])
  const found = (wanted: Parameters<typeof traces.find>[0]) => traces.find(wanted, 10).length
  expect([
    found({ name: 'earlier' }),
    found({ service: 'book' }),
    found({ minMs: 30 }),
    found({ failed: true }),
  ]).toEqual([...[1, 1, 1, 1]])
  expect([found({ name: 'other' }), found({ service: 'room' }), found({ minMs: 31 })]).toEqual([0, 0, 0])
})

it('forgets the oldest traces beyond so many spans', () => {
  const traces = createTraces(2)
  for (const number of [1, 2, 3])
    traces.add(read('a', { ...sent(1, null, 'x', number, 9), traceId: id(number, 32) }))
  expect(traces.find({}, 10).map(({ traceId }) => traceId)).toEqual([id(3, 32), id(2, 32)])
  expect(traces.get(id(1, 32))).toBeUndefined()
})

it('draws a bar for each span, and no markup of others', () => {
  const drawn = picture('<b>', [...whole(), ...read('x', sent(8, 1, '<script>', 1, 2))])
  expect(drawn.match(/<g>/g)).toHaveLength(7)
  expect(drawn).toContain('&lt;script&gt;')
  expect(drawn).not.toMatch(/<script|<b>/)
})
