import type { IncomingMessage } from 'node:http'
import { header } from '@myhotel/kit/http'
import ipaddr from 'ipaddr.js'
import proxyAddr from 'proxy-addr'

/** Whom to believe what they say of where a request came from. */
export type Proxies = {
  /** The client's address; of IPv6 its network of 64 bits, which is what one customer is given. */
  addressOf(request: IncomingMessage): string
  /** Whether the client came by HTTPS to a proxy that is believed. */
  cameByHttps(request: IncomingMessage): boolean
  /** Whether a trusted proxy sent the request. */
  isTrusted(request: IncomingMessage): boolean
}

/**
 * @param trusted how many proxies stand in front, or their addresses and networks (`10.0.0.0/8`); none: headers of
 * proxies mean nothing, since any client can send them
 * @throws TypeError where one of them is no address
 */
export function createProxies(trusted: number | readonly string[]): Proxies {
  const trust =
    typeof trusted === 'number' ? (_: string, hop: number) => hop < trusted : proxyAddr.compile([...trusted])
  const isTrusted = (request: IncomingMessage) => trust(request.socket.remoteAddress ?? '', 0)
  return {
    isTrusted,
    addressOf: (request) => network(proxyAddr(request, trust)),
    cameByHttps: (request) =>
      isTrusted(request) && header(request, 'x-forwarded-proto')?.split(',', 1)[0]?.trim() === 'https',
  }
}

function network(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed instanceof ipaddr.IPv4) return parsed.toString()
  return new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()
}
