import { escapeHtml } from '../../sandbox/html.ts'
import type { Span } from './otlp.ts'
import { type Row, waterfall } from './waterfall.ts'

const width = 1_200
const names = 460
const right = 76
const rowHeight = 20
const head = 46
const indent = 14
const widest = width - names - right
const steps = 5

const colours = [
  ...['#4269d0', '#efb118', '#ff725c', '#6cc5b0', '#3ca951', '#ff8ab7', '#a463f2', '#97bbf5', '#9c6b4e'],
]

/** A trace as a picture: a bar for each span, as long as it took, below what caused it. */
export function picture(title: string, spans: readonly Span[]): string {
  const rows = waterfall(spans)
  const totalMs = Math.max(0.001, ...rows.map(({ offsetMs, span }) => offsetMs + span.durationMs))
  const services = [...new Set(rows.map(({ span }) => span.service))]
  const colourOf = (service: string) => colours[services.indexOf(service) % colours.length] ?? '#888'
  const height = head + rows.length * rowHeight + 34
  const x = (ms: number) => names + (ms / totalMs) * widest
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeHtml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="10" y="20" font-size="14" font-weight="600" fill="#222">${escapeHtml(title)}</text>`,
    ...scale(totalMs, x, height),
    ...rows.map((row, index) => bar(row, head + index * rowHeight, x, colourOf(row.span.service))),
    ...legend(services, colourOf, height - 14),
    '</svg>',
    '',
  ].join('\n')
}

function scale(totalMs: number, x: (ms: number) => number, height: number): string[] {
  return Array.from({ length: steps + 1 }, (_, step) => {
    const ms = (totalMs * step) / steps
    const at = x(ms).toFixed(1)
    return (
      `<path d="M${at} ${head - 8}V${height - 30}" stroke="#e4e4e4"/>` +
      `<text x="${at}" y="${head - 13}" text-anchor="middle" fill="#777" font-size="11">${milliseconds(ms)}</text>`
    )
  })
}

function bar({ span, depth, offsetMs }: Row, y: number, x: (ms: number) => number, colour: string): string {
  const from = x(offsetMs)
  const length = Math.max(1.5, x(offsetMs + span.durationMs) - from)
  const name = `${span.name}${span.failed ? ' ✗' : ''}`
  const shown = names - 24 - depth * indent
  return [
    `<g><title>${escapeHtml(describe(span))}</title>`,
    `<rect x="0" y="${y}" width="${width}" height="${rowHeight}" fill="transparent"/>`,
    `<svg x="0" y="${y}" width="${names - 8}" height="${rowHeight}"><text x="${10 + depth * indent}" y="14" fill="${span.failed ? '#b00020' : '#222'}">${escapeHtml(shorten(name, shown / 5.6))} <tspan fill="#888">${escapeHtml(span.service)}</tspan></text></svg>`,
    `<rect x="${from.toFixed(1)}" y="${y + 4}" width="${length.toFixed(1)}" height="${rowHeight - 8}" rx="2" fill="${colour}"/>`,
    `<text x="${(from + length + 4).toFixed(1)}" y="${y + 14}" fill="#666" font-size="11">${milliseconds(span.durationMs)}</text></g>`,
  ].join('')
}

function legend(services: readonly string[], colourOf: (service: string) => string, y: number): string[] {
  return services.map((service, index) => {
    const x = 10 + index * 118
    return `<rect x="${x}" y="${y - 9}" width="10" height="10" rx="2" fill="${colourOf(service)}"/><text x="${x + 15}" y="${y}" fill="#444">${escapeHtml(service)}</text>`
  })
}

const shorten = (text: string, most: number) =>
  text.length <= most ? text : `${text.slice(0, Math.max(8, Math.floor(most) - 1))}…`

/** As many digits as mean something. */
export function milliseconds(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${ms >= 100 ? ms.toFixed(0) : ms.toFixed(1)} ms`
}

const describe = ({ name, service, kind, durationMs, attributes }: Span) =>
  [
    `${name} (${service}, ${kind}), ${milliseconds(durationMs)}`,
    ...Object.entries(attributes).map(([key, value]) => `${key}: ${value}`),
  ].join('\n')
