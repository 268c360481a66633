import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../tools/system/client.ts'

const DASHBOARDS = join(ROOT, 'infra/observability/dashboards')

/** One query of a panel. */
export type Panel = { readonly dashboard: string; readonly title: string; readonly expr: string }

type Dashboard = { title: string; panels: { title: string; targets?: { expr: string }[] }[] }

/** The queries of all dashboards. */
export async function readPanels(): Promise<Panel[]> {
  const names = (await readdir(DASHBOARDS)).filter((name) => name.endsWith('.json')).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(DASHBOARDS, name), 'utf8')))
  return texts
    .map((text) => JSON.parse(text) as Dashboard)
    .flatMap(({ title: dashboard, panels }) =>
      panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ dashboard, title, expr }))),
    )
}
