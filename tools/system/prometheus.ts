import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProcessSpec } from './supervisor.ts'

/** How a system's figures are collected. */
export type Observation = {
  /** Folder of the rules: those of infra/observability unless told. */
  rules?: string
  /** Seconds between two looks at each process, and between two evaluations of the rules. */
  everySeconds?: number
  /** `host:port` of an Alertmanager that is told of alerts. */
  alertmanager?: string
}

/** A process whose figures are collected, with the service that it is one of. */
export type Target = { readonly service: string; readonly managementUrl: string }

type Place = {
  program: string
  dataDir: string
  port: number
  env: NodeJS.ProcessEnv
  log: string
  root: string
}

/** A Prometheus that looks at every process of a system and evaluates the rules. Its data are in `<data-dir>/prometheus`. */
export async function prometheusServer(
  { program, dataDir, port, env, log, root }: Place,
  targets: readonly Target[],
  { rules = join(root, 'infra/observability/rules'), everySeconds = 5, alertmanager }: Observation,
): Promise<ProcessSpec> {
  const cwd = join(dataDir, 'prometheus')
  await mkdir(cwd, { recursive: true })
  const every = `${everySeconds}s`
  const addressesOf = (service: string) =>
    targets.filter((one) => one.service === service).map(({ managementUrl }) => new URL(managementUrl).host)
  const config = {
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: [join(rules, '*.yaml')],
    scrape_configs: [...new Set(targets.map(({ service }) => service))].map((service) => ({
      job_name: service,
      static_configs: [{ targets: addressesOf(service) }],
    })),
    alerting: { alertmanagers: alertmanager ? [{ static_configs: [{ targets: [alertmanager] }] }] : [] },
  }
  // What is JSON is YAML.
  const file = join(dataDir, 'prometheus.yaml')
  await writeFile(file, JSON.stringify(config, null, 2))
  const url = `http://127.0.0.1:${port}`
  return {
    name: 'prometheus',
    kind: 'infrastructure',
    url,
    command: [
      program,
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(cwd, 'data')}`,
      '--storage.tsdb.retention.time=2d',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    env,
    cwd,
    log,
    isReady: async () => (await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) })).ok,
  }
}
