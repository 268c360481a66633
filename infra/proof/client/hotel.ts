import { setTimeout as delay } from 'node:timers/promises'
import { openConnection } from './connection.ts'
import { register } from './requests.ts'
import { createTokens } from './tokens.ts'

/** The city of all rooms that proofs register. */
export const city = 'Porto'

const registeredWithinMs = 60_000
const askAgainMs = 300

/** What clients need before they can begin: tokens and rooms. Nothing of it is counted. */
export type Hotel = ReturnType<typeof createHotel>

export function createHotel(options: { router: URL; issuer: string }) {
  const tokens = createTokens(options.issuer)
  return {
    token: tokens.of,
    /** Registers a room; asks until it works, for a minute. */
    async newRoom(name: string): Promise<string> {
      const connection = openConnection(options.router, { connections: 0, closes: 0 })
      const deadline = Date.now() + registeredWithinMs
      try {
        for (;;) {
          const id = await register(connection, await tokens.of('host1'), name, city)
          if (id) return id
          if (Date.now() > deadline) throw new Error('No room can be registered.')
          await delay(askAgainMs)
        }
      } finally {
        await connection.close()
      }
    },
  }
}
