import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type System, startSystem } from '../../tools/system/index.ts'
import { findPrograms } from '../../tools/system/servers.ts'
import { type Alertmanager, startAlertmanager } from './alertmanager.ts'
import { type Prometheus, prometheusAt } from './prometheus.ts'
import { writeHastened } from './rules.ts'
import { startTraffic, type Traffic } from './traffic.ts'
import { startWebhook, type Webhook } from './webhook.ts'

/** A system that is watched, with guests. */
export type Watched = {
  readonly system: System
  readonly traffic: Traffic
  readonly prometheus: Prometheus
  readonly webhook: Webhook
  stop(): Promise<void>
}

/** Durations of the rules are divided by this, and everything else that lasts so long. */
export const hastenedBy = 12
/** Between two looks of Prometheus, in seconds. */
const everySeconds = 4

/** As in earnest, but for two settings: book compares as much more often as the rules are hastened, and a crowd fits in one machine. */
const env = { RECONCILE_EVERY_MS: String(60_000 / hastenedBy), MAX_REQUESTS_IN_FLIGHT: '100' }

/** Starts a system of its own with Prometheus, Alertmanager and whoever is told of alerts; everything is gone after `stop`. */
export async function openWatched(tell: (line: string) => void, signal: AbortSignal): Promise<Watched> {
  const dataDir = await mkdtemp(join(tmpdir(), 'myhotel-alerts-'))
  const rules = join(dataDir, 'rules')
  const ends: (() => Promise<unknown> | void)[] = [() => rm(dataDir, { recursive: true, force: true })]
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    const found = await findPrograms(['prometheus-alertmanager'], tell, signal)
    const webhook = await startWebhook()
    ends.push(webhook.close)
    await writeHastened(rules, hastenedBy)
    const program = found['prometheus-alertmanager']
    const alertmanager: Alertmanager = await startAlertmanager(program, dataDir, webhook.url)
    ends.push(alertmanager.stop)
    const observe = { rules, everySeconds, alertmanager: alertmanager.address }
    const system = await startSystem({
      dataDir: join(dataDir, 'system'),
      observe,
      env,
      signal,
      progress: tell,
    })
    ends.push(system.stopAll)
    const traffic = await startTraffic(system)
    ends.push(traffic.stop)
    const prometheus = prometheusAt(system.record.prometheus ?? '')
    return { system, traffic, prometheus, webhook, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
