import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createHistogram } from './histogram.ts'
import { tell, writeMetrics } from './metrics.ts'

/** What GET /metrics says, without what it says of all other figures. */
async function told(name: string): Promise<string[]> {
  const server = createServer((_, response) => void writeMetrics(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const text = await (await fetch(`http://127.0.0.1:${port}`)).text()
  server.close()
  return text.split('\n').filter((line) => line.startsWith(name))
}

test('a histogram counts what is no longer than each boundary, by its labels', async () => {
  const record = createHistogram({
    ...{ name: 'some.wait.seconds', description: 'How long.', labels: ['who', 'why'], boundaries: [0.1, 1] },
  })
  record(0.1, 'guest', 'a "reason"')
  record(0.5, 'guest', 'a "reason"')
  record(7, 'guest', 'a "reason"')
  record(0, 'host', '')
  const guest = 'who="guest",why="a \\"reason\\""'
  expect(await told('some_wait_seconds')).toEqual([
    `some_wait_seconds_count{${guest}} 3`,
    `some_wait_seconds_sum{${guest}} 7.6`,
    `some_wait_seconds_bucket{${guest},le="0.1"} 1`,
    `some_wait_seconds_bucket{${guest},le="1"} 2`,
    `some_wait_seconds_bucket{${guest},le="+Inf"} 3`,
    'some_wait_seconds_count{who="host",why=""} 1',
    'some_wait_seconds_sum{who="host",why=""} 0',
    'some_wait_seconds_bucket{who="host",why="",le="0.1"} 1',
    'some_wait_seconds_bucket{who="host",why="",le="1"} 1',
    'some_wait_seconds_bucket{who="host",why="",le="+Inf"} 1',
  ])
})

test('combinations of labels beyond a thousand are not kept', async () => {
  const record = createHistogram({
    ...{ name: 'many', description: 'Many.', labels: ['name'], boundaries: [1] },
  })
  for (let number = 0; number < 1_500; number += 1) record(2, `name ${number}`)
  record(2, 'name 7')
  const counts = (await told('many_count')).map((line) => line.split(' ').at(-1))
  expect(counts).toHaveLength(1_000)
  expect(counts.filter((count) => count === '2')).toHaveLength(1)
})

test('what is not there any more is not told any more', async () => {
  const there = new Map([['a', 1]])
  tell({
    kind: 'level',
    name: 'there',
    description: 'What is there.',
    read: async () => [...there].map(([name, count]) => [count, { name }] as const),
  })
  expect(await told('there')).toEqual(['there{name="a"} 1'])
  there.delete('a')
  expect(await told('there')).toEqual([])
})
