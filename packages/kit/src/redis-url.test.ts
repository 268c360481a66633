import { expect, test } from 'vitest'
import { readRedisUrl } from './redis-url.ts'

test('one Redis, with user, password, database and TLS', () => {
  expect(readRedisUrl('redis://127.0.0.1:6379')).toEqual({ host: '127.0.0.1', port: 6379, db: 0 })
  expect(readRedisUrl('rediss://me:p%40ss@cache.example/3')).toEqual({
    ...{ host: 'cache.example', port: 6379, db: 3, username: 'me', password: 'p@ss', tls: {} },
  })
  expect(readRedisUrl('redis://:secret@[::1]:7000')).toEqual({
    host: '::1',
    port: 7000,
    db: 0,
    password: 'secret',
  })
})

test('sentinels and the master that they know', () => {
  const url = 'redis+sentinel://:secret@one,two:27000/1?master=myhotel&sentinelPassword=other'
  expect(readRedisUrl(url)).toMatchObject({
    sentinels: [
      { host: 'one', port: 26379 },
      { host: 'two', port: 27000 },
    ],
    ...{ name: 'myhotel', password: 'secret', sentinelPassword: 'other', db: 1 },
  })
  expect(readRedisUrl('rediss+sentinel://one?master=m')).toMatchObject({ tls: {}, sentinelTLS: {} })
})

test('what is neither is refused without telling the password', () => {
  for (const url of [
    'http://:secret@one',
    'redis://:secret@one,two',
    'redis://',
    'redis+sentinel://:secret@one?name=m',
  ]) {
    expect(() => readRedisUrl(url), url).toThrow(/^REDIS_URL (?!.*secret)/)
  }
})
