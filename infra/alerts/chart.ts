import type { Series } from './prometheus.ts'

/** A line of a chart with the words that explain it. */
export type Line = { readonly name: string; readonly values: Series['values'] }

/** One chart of a picture: what a panel of a dashboard shows. */
export type Chart = { readonly title: string; readonly unit: string; readonly lines: readonly Line[] }

const width = 560
const height = 190
const inner = { left: 52, top: 26, width: 492, height: 112 }
const colours = ['#3366cc', '#dc3912', '#109618', '#ff9900', '#990099', '#0099c6', '#dd4477', '#66aa00']
/** More names than these would fill the picture. */
const mostNames = 8

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const text = (x: number, y: number, words: string, more = '') =>
  `<text x="${x}" y="${y}" ${more}>${escaped(words)}</text>`

/** A number as the unit of Grafana's has it, in few letters. */
export function inUnit(value: number, unit: string): string {
  if (unit === 'percentunit') return `${short(value * 100)} %`
  if (unit === 'bytes') return `${short(value / 2 ** 20)} MiB`
  if (unit === 's') return value > 0 && value < 1 ? `${short(value * 1_000)} ms` : `${short(value)} s`
  return unit === 'reqps' ? `${short(value)}/s` : short(value)
}

const short = (value: number) => String(Number(value.toPrecision(3)))

function draw({ title, unit, lines }: Chart, from: number, to: number): string {
  const values = lines.flatMap((line) => line.values.map(([, value]) => value)).filter(Number.isFinite)
  const most = Math.max(...values, 0) || 1
  const x = (at: number) => inner.left + ((at - from) / Math.max(1, to - from)) * inner.width
  const y = (value: number) => inner.top + inner.height * (1 - value / most)
  const grid = [0, 0.5, 1].map((part) => {
    const at = y(part * most)
    const rule = `<line x1="${inner.left}" x2="${inner.left + inner.width}" y1="${at}" y2="${at}" class="grid"/>`
    return rule + text(inner.left - 6, at + 4, inUnit(part * most, unit), 'class="small" text-anchor="end"')
  })
  const drawn = lines.map(({ values: points }, index) => {
    const usable = points.filter(([, value]) => Number.isFinite(value))
    const path = usable.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
    return `<polyline points="${path}" stroke="${colours[index % colours.length]}"/>`
  })
  const names = lines.slice(0, mostNames).map(({ name }, index) => {
    const at = `fill="${colours[index % colours.length]}" class="small"`
    return text(
      inner.left + (index % 4) * 124,
      inner.top + inner.height + 18 + 14 * Math.floor(index / 4),
      name.slice(0, 22),
      at,
    )
  })
  return [text(8, 16, title, 'class="title"'), ...grid, ...drawn, ...names].join('\n')
}

/** A picture of charts over one time, two in a row, as SVG. */
export function toSvg(title: string, charts: readonly Chart[], from: number, to: number): string {
  const rows = Math.ceil(charts.length / 2)
  const placed = charts.map(
    (chart, index) =>
      `<g transform="translate(${(index % 2) * width}, ${30 + Math.floor(index / 2) * height})">\n${draw(chart, from, to)}\n</g>`,
  )
  const minutes = Math.round((to - from) / 60)
  const size = `width="${2 * width}" height="${30 + rows * height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="12">
<style>.title{font-weight:bold}.small{font-size:10px}.grid{stroke:#ddd}polyline{fill:none;stroke-width:1.5}</style>
<rect width="100%" height="100%" fill="white"/>
${text(8, 20, `${title}, ${minutes} minutes`, 'font-size="15"')}
${placed.join('\n')}
</svg>
`
}
