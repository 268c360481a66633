import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { natsOptions } from './nats-options.ts'

test('several servers of one cluster, with user and password', () => {
  expect(natsOptions('nats://127.0.0.1:4222')).toEqual({ servers: ['127.0.0.1:4222'] })
  expect(natsOptions('nats://me:p%40ss@one:4222, two:4222')).toEqual({
    servers: ['one:4222', 'two:4222'],
    ...{ user: 'me', pass: 'p@ss' },
  })
  expect(natsOptions('nats://secret@[::1]:4222')).toEqual({ servers: ['[::1]:4222'], token: 'secret' })
})

test('TLS, by the scheme or by files', () => {
  expect(natsOptions('tls://one:4222')).toEqual({ servers: ['one:4222'], tls: {} })
  expect(natsOptions('nats://one:4222?ca=/tls/ca.crt&cert=/tls/tls.crt&key=/tls/tls.key').tls).toEqual({
    ...{ caFile: '/tls/ca.crt', certFile: '/tls/tls.crt', keyFile: '/tls/tls.key' },
  })
})

test('a seed in a file, read at each connection', () => {
  const folder = mkdtempSync(join(tmpdir(), 'myhotel-nkey-'))
  const file = join(folder, 'seed')
  const { authenticator } = natsOptions(`nats://one:4222?nkey=${file}`)
  if (typeof authenticator !== 'function') throw new Error('there is one authenticator')
  expect(() => authenticator('nonce')).toThrow('ENOENT')
  writeFileSync(file, 'SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY\n')
  expect(authenticator('nonce')).toMatchObject({ nkey: expect.stringMatching(/^U/), sig: expect.any(String) })
  rmSync(folder, { recursive: true })
})

test('what it cannot be is said without the password', () => {
  expect(() => natsOptions('http://me:secret@one')).toThrow(
    'NATS_URL: http://…@one is no address of a server, nats://host:4222 say',
  )
  expect(() => natsOptions('nats://one:4222?user=me')).toThrow(
    'user is none of creds, nkey, ca, cert and key',
  )
})
