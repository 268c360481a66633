import type { IncomingMessage } from 'node:http'

const thisMachine = ['localhost', '127.0.0.1', '[::1]']

/**
 * Tells requests that were meant for a server of development from those of a page whose name was made to point at this
 * machine (DNS rebinding): those have the page's name as `Host`, and a browser lets the page read the answer.
 *
 * @param others names besides those of this machine under which the server may be called, without port
 * @returns what is wrong with a request, in a sentence; null where nothing is
 */
export function createHostCheck(others: readonly string[]) {
  const known = new Set([...thisMachine, ...others].map((name) => name.toLowerCase()))
  return ({ headers }: IncomingMessage): string | null => {
    const host = headers.host ?? ''
    if (known.has(host.replace(/:\d*$/, '').toLowerCase())) return null
    return `This server of development answers to ${[...known].join(', ')} only, not to "${host}": name further hosts in DEVELOPMENT_HOSTS.`
  }
}

export type HostCheck = ReturnType<typeof createHostCheck>
