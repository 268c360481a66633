import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { createProxies } from './proxies.ts'

const request = (remoteAddress: string, headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage

const forwarded = { 'x-forwarded-for': '198.51.100.7, 203.0.113.5, 10.0.0.2', 'x-forwarded-proto': 'https' }

test.each<[string, number | string[], string, string, boolean]>([
  ['nobody is believed unless told', [], '10.0.0.1', '10.0.0.1', false],
  ['one proxy in front', 1, '10.0.0.1', '10.0.0.2', true],
  ['two of them', 2, '10.0.0.1', '203.0.113.5', true],
  ['a network of proxies', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.5', true],
  ['who comes from elsewhere is not believed', ['10.0.0.0/8'], '192.0.2.9', '192.0.2.9', false],
  ['an address of IPv4 in IPv6', ['10.0.0.0/8'], '::ffff:10.0.0.1', '203.0.113.5', true],
  ['of IPv6 it is the network', [], '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::', false],
])('%s', (_, trusted, from, address, https) => {
  const proxies = createProxies(trusted)
  expect(proxies.addressOf(request(from, forwarded))).toBe(address)
  expect(proxies.cameByHttps(request(from, forwarded))).toBe(https)
})

test('a proxy that says nothing, HTTP or nonsense', () => {
  const proxies = createProxies(1)
  expect(proxies.addressOf(request('10.0.0.1'))).toBe('10.0.0.1')
  expect(proxies.addressOf(request('10.0.0.1', { 'x-forwarded-for': '<script>' }))).toBe('unknown')
  expect(proxies.cameByHttps(request('10.0.0.1'))).toBe(false)
  expect(proxies.cameByHttps(request('10.0.0.1', { 'x-forwarded-proto': 'http' }))).toBe(false)
})
