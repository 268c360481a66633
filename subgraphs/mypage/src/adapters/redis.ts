import { readFileSync } from 'node:fs'
import type { Logger } from '@myhotel/kit/logger'
import { createRedis as connectionTo, connectRedis, warnOfEviction } from '@myhotel/kit/redis'
import type { Part } from '@myhotel/kit/service'
import type { Redis, Result } from 'ioredis'

const script = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8')
const scripts = {
  applyStep: script('apply'),
  beginGeneration: script('begin'),
  holdGeneration: script('hold'),
  readProgress: script('progress'),
  readCount: script('count'),
  readPage: script('page'),
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    applyStep(...args: (string | number)[]): Result<string, Context>
    beginGeneration(...args: (string | number)[]): Result<number, Context>
    holdGeneration(...args: (string | number)[]): Result<number, Context>
    readProgress(...aggregates: string[]): Result<string[], Context>
    readCount(list: string): Result<number, Context>
    readPage(...args: (string | number)[]): Result<[number, PageRow[]], Context>
  }
}

/** Id, score, stays, and the record's fields and values in turn. */
export type PageRow = [string, string, number, string[]]

/** A connection to Redis that knows the scripts of My Page (kit/redis.ts). */
export function createRedis(url: string, { commandTimeoutMs }: { commandTimeoutMs: number }): Redis {
  return connectionTo(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    scripts: Object.fromEntries(
      Object.entries(scripts).map(([name, lua]) => [name, { lua, numberOfKeys: 0 }]),
    ),
  })
}

/** The connection as a part: it is made in the background, and made again for ever. */
export function redisPart(name: string, redis: Redis, log: Logger): Part {
  redis.on('error', (error) => log.warn({ err: error, part: name }, 'Redis is away'))
  redis.on('ready', () => void warnOfEviction(redis, log).catch(() => undefined))
  return {
    name,
    connections: { redis: 1 },
    async start() {
      await connectRedis(redis)
    },
    async ready() {
      await redis.ping()
    },
    async stop() {
      redis.disconnect()
    },
  }
}
