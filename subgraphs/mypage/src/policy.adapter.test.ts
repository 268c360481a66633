import { readFileSync } from 'node:fs'
import { eventually, testService } from '@myhotel/kit/testing'
import { accessMatrix, callers, meaning, services } from '@myhotel/kit/testing/access-matrix'
import { startSubgraph } from '@myhotel/kit/testing-subgraph'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policy } from './adapters/policy.ts'
import { emptyRedis, log } from './adapters/testing.ts'
import { compose } from './compose.ts'

const { url: REDIS_URL, redis } = await emptyRedis(10)
let mypage: Awaited<ReturnType<typeof startSubgraph>>

beforeAll(async () => {
  const own = { NATS_URL: testService('NATS'), NATS_REPLICAS: 1, REDIS_URL }
  mypage = await startSubgraph('mypage', (env) => compose({ ...env, ...own }, log), services)
  const built = () => mypage.ask('{ myPage { asOf } }', {}, callers['its guest'])
  await eventually(async () => (await built()).data)
})
afterAll(async () => {
  await mypage?.stop()
  redis.disconnect()
})

describe('who may call and see what', () => {
  const matrix = accessMatrix({
    policies: [policy],
    schema: parse(readFileSync(`${import.meta.dirname}/../schema.graphql`, 'utf8')),
    // Nobody can ask for a page but the own one; that it shows nothing of others is mypage.adapter.test.ts's.
    meaning: { 'its user': meaning.user ?? [] },
    questions: {
      'Query.myPage': () => ({ query: '{ asked: myPage { __typename } }' }),
      GuestPage: () => ({ query: '{ myPage { guest { FIELD } } }', through: 'Query.myPage' }),
      HostPage: () => ({ query: '{ myPage { host { FIELD } } }', through: 'Query.myPage' }),
    },
    ask: ({ query, variables }, caller) => mypage.ask(query, variables, callers[caller]),
  })
  it.each(matrix)('%s', async (_, attempt) => {
    const { actual, expected } = await attempt()
    expect(actual).toEqual(expected)
  })
})
