import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ServiceHealth, Verdict } from './health.ts'
import type { Logger } from './logger.ts'
import { writeMetrics } from './metrics.ts'
import { StartRefused } from './part.ts'

/** Where the management server listens. */
export type ManagementSettings = { readonly HOST: string; readonly MANAGEMENT_PORT: number }

/**
 * What a platform asks of a service, on a port of its own that clients never see: GET /livez (restart it unless 200),
 * /readyz (send it requests while 200; why not, part by part), /metrics (Prometheus' text). It says nothing secret and
 * takes nothing in; who may reach it is the network's business.
 */
export async function startManagement(
  { HOST, MANAGEMENT_PORT }: ManagementSettings,
  health: ServiceHealth,
  log: Logger,
): Promise<{ stop(): void }> {
  const verdicts: Record<string, () => Verdict | Promise<Verdict>> = {
    '/livez': health.live,
    '/readyz': health.ready,
  }
  const server = createServer({ keepAliveTimeout: 65_000 }, async (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/'
    if (path === '/metrics') return writeMetrics(response)
    const verdict = await verdicts[path]?.()
    const { ok, told } = verdict ?? { ok: false, told: { status: 'there is /livez, /readyz and /metrics' } }
    response.writeHead(ok ? 200 : verdict ? 503 : 404, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify(told))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const flaw = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${message})`
      reject(new StartRefused(`the management port ${MANAGEMENT_PORT} ${flaw}: set MANAGEMENT_PORT`))
    })
    server.listen(MANAGEMENT_PORT, HOST, resolve)
  })
  const { port } = server.address() as AddressInfo
  log.info({ port, url: urlOf(HOST, port) }, 'management listening')
  return {
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** `http://[::]:4000`: an address of IPv6 has brackets in a URL. */
export const urlOf = (host: string, port: number) =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`
