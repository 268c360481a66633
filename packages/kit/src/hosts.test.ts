import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { createHostCheck } from './hosts.ts'

const wrong = (host: string | undefined) =>
  createHostCheck(['dev.example'])({ headers: { host } } as IncomingMessage)

test.each([
  'localhost',
  'localhost:4000',
  'LOCALHOST:1',
  '127.0.0.1:4000',
  '127.0.0.1',
  '[::1]:4000',
  '[::1]',
  'dev.example:80',
])('%s is this machine, or named', (host) => {
  expect(wrong(host)).toBe(null)
})

test.each([
  undefined,
  '',
  'evil.example',
  'localhost.evil.example:4000',
  '127.0.0.1.evil.example',
  'evil.example:127.0.0.1',
  'localhost@evil.example',
  'xlocalhost',
  '[::1].evil.example',
  '192.168.0.1',
  '0.0.0.0:4000',
])('%s is not', (host) => {
  expect(wrong(host)).toContain('DEVELOPMENT_HOSTS')
})
