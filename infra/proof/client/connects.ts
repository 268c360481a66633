import { connect } from 'node:net'

/** A port of an address. */
export type Target = { readonly host: string; readonly port: number }

/** Whether a connection came about, and how it ended where it did not: "ECONNREFUSED", "timeout". */
export type Reached = Target & { readonly connected: boolean; readonly how: string }

/** Long enough for a second SYN, after a second, where the first was lost. */
const withinMs = 2_500

/** Tries to connect to each target, all at once. Nothing is sent. */
export const reach = (targets: readonly Target[]): Promise<Reached[]> =>
  Promise.all(
    targets.map(
      ({ host, port }) =>
        new Promise<Reached>((resolve) => {
          const socket = connect({ host, port, timeout: withinMs })
          const end = (connected: boolean, how: string) => {
            socket.destroy()
            resolve({ host, port, connected, how })
          }
          socket
            .once('connect', () => end(true, 'connected'))
            .once('timeout', () => end(false, 'timeout'))
            .once('error', (error: NodeJS.ErrnoException) => end(false, error.code ?? error.message))
        }),
    ),
  )

if (import.meta.main) {
  const targets = JSON.parse(process.argv[2] ?? '[]') as Target[]
  process.stdout.write(`${JSON.stringify(await reach(targets))}\n`)
}
