import { expect, it } from 'vitest'
import { correlated, newCorrelation } from './context.ts'
import { createErrorLog } from './error-log.ts'
import { createTestLog } from './testing.ts'

it('of one request the first errors are logged, then that there are more; of the next one again', () => {
  const { log, lines } = createTestLog()
  const tell = createErrorLog(log)
  const fail = (times: number) =>
    correlated(newCorrelation(), () => {
      for (let count = 0; count < times; count += 1)
        tell('error', { err: new Error(`no ${count}`) }, 'failed')
    })
  fail(10_000)
  expect(lines).toHaveLength(21)
  expect(lines.at(-1)).toMatchObject({ level: 50, msg: 'failed: more of this request is not logged' })
  fail(3)
  expect(lines).toHaveLength(24)
})
