import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** What Alertmanager has said of one alert. */
export type Notice = {
  readonly alert: string
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  /** When it was said, milliseconds since the epoch. */
  readonly at: number
}

type Posted = { alerts: { status: Notice['status']; labels: Record<string, string>; fingerprint: string }[] }

/** Whoever is woken by alerts, as far as Alertmanager knows. */
export type Webhook = {
  readonly url: string
  readonly notices: readonly Notice[]
  /** Names of alerts that have been told and not taken back. */
  firing(): readonly string[]
  close(): void
}

/** Starts an HTTP server that takes in what Alertmanager sends. */
export async function startWebhook(): Promise<Webhook> {
  const notices: Notice[] = []
  const firing = new Map<string, string>()
  const server = createServer(async (request, response) => {
    const { alerts } = (await json(request)) as Posted
    for (const { status, labels, fingerprint } of alerts) {
      const alert = labels.alertname ?? ''
      // Alertmanager repeats what it has said of a group with each change of it.
      const isKnown = firing.has(fingerprint) === (status === 'firing')
      if (status === 'firing') firing.set(fingerprint, alert)
      else firing.delete(fingerprint)
      if (!isKnown) notices.push({ alert, status, labels, at: Date.now() })
    }
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    notices,
    firing: () => [...new Set(firing.values())],
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
