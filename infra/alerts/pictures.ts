import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../tools/system/client.ts'
import { type Chart, type Line, toSvg } from './chart.ts'
import { type Panel, readPanels } from './dashboards.ts'
import type { Prometheus } from './prometheus.ts'

/** Where the pictures of the dashboards lie. */
const PICTURES = join(ROOT, 'docs/pictures')

/** `{{job}}: {{part}}` with what the labels of a series say. */
const named = (legend: string, labels: Readonly<Record<string, string>>) =>
  legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '').trim() || 'all'

/** Draws each dashboard as it was from one time to another, seconds since 1970. */
export async function drawDashboards(prometheus: Prometheus, from: number, to: number): Promise<void> {
  await mkdir(PICTURES, { recursive: true })
  const linesOf = async ({ expr, legend }: Panel): Promise<Line[]> =>
    (await prometheus.queryRange(expr, from, to)).map(({ metric, values }) => ({
      name: named(legend, metric),
      values,
    }))
  const panels = await readPanels()
  for (const [file, ofFile] of Map.groupBy(panels, (panel) => panel.file)) {
    const charts: Chart[] = []
    for (const [title, targets] of Map.groupBy(ofFile, (panel) => `${panel.id} ${panel.title}`)) {
      const [{ unit } = { unit: '' }] = targets
      const lines = (await Promise.all(targets.map(linesOf))).flat()
      charts.push({ title: title.slice(title.indexOf(' ') + 1), unit, lines })
    }
    const dashboard = ofFile[0]?.dashboard ?? ''
    await writeFile(join(PICTURES, `${file.replace('.json', '')}.svg`), toSvg(dashboard, charts, from, to))
  }
}
