import { promises as dns, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'

const found = new Map<string, Promise<LookupAddress[]>>()

/**
 * Each name is looked up once. Guests come through the one address of a load balancer; a node that dies takes half of the
 * cluster's DNS along for a while, which guests outside would not notice.
 */
export const lookupOnce: LookupFunction = (hostname, { all }, callback) => {
  const addresses = found.get(hostname) ?? dns.lookup(hostname, { all: true })
  found.set(hostname, addresses)
  addresses.then(
    (some) => {
      const [one] = some
      if (all) callback(null, some)
      else callback(null, one?.address ?? '', one?.family)
    },
    (error: NodeJS.ErrnoException) => {
      found.delete(hostname)
      callback(error, '')
    },
  )
}
