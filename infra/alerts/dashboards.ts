import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../tools/system/client.ts'

const DASHBOARDS = join(ROOT, 'infra/observability/dashboards')

/** One query of a panel of a dashboard. */
export type Panel = {
  readonly file: string
  readonly dashboard: string
  readonly id: number
  readonly title: string
  readonly unit: string
  readonly expr: string
  /** How its series are named, `{{job}}`. */
  readonly legend: string
}

type Dashboard = {
  title: string
  panels: {
    id: number
    title: string
    fieldConfig: { defaults: { unit: string } }
    targets: { expr: string; legendFormat?: string }[]
  }[]
}

/** The queries of all dashboards. */
export async function readPanels(): Promise<Panel[]> {
  const files = (await readdir(DASHBOARDS)).filter((name) => name.endsWith('.json')).sort()
  const read = files.map(async (file) => {
    const { title: dashboard, panels } = JSON.parse(
      await readFile(join(DASHBOARDS, file), 'utf8'),
    ) as Dashboard
    return panels.flatMap(({ id, title, fieldConfig, targets }) =>
      targets.map(({ expr, legendFormat = '' }) => ({
        ...{ file, dashboard, id, title, expr, legend: legendFormat },
        unit: fieldConfig.defaults.unit,
      })),
    )
  })
  return (await Promise.all(read)).flat()
}
