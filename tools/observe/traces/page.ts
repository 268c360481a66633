import { escapeHtml } from '../../sandbox/html.ts'
import type { Span } from './otlp.ts'
import { milliseconds, picture } from './picture.ts'
import type { Summary, Wanted } from './traces.ts'
import { waterfall } from './waterfall.ts'

const frame = (title: string, body: string) => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 78rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .25rem .75rem .25rem 0; border-top: 1px solid #ddd; vertical-align: top }
.figure { text-align: right; font-variant-numeric: tabular-nums } .failed { color: #b00020 } small, th { color: #666; font-weight: normal }
input { font: inherit; width: 9rem } svg { max-width: 100%; height: auto } dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .25rem 0 } dd { margin: 0; overflow-wrap: anywhere }
</style>
<h1>${escapeHtml(title)}</h1>
${body}
</html>`

/** The newest traces that are wanted, for people; no script. */
export function listPage(
  summaries: readonly Summary[],
  { name = '', service = '', minMs, failed }: Wanted,
): string {
  const field = (label: string, key: string, value: string) =>
    `<label>${label} <input name="${key}" value="${escapeHtml(value)}"></label>`
  const rows = summaries.map(
    (trace) => `<tr><td><time>${new Date(trace.startMs).toISOString().slice(11, 23)}</time>
<td><a href="/traces/${trace.traceId}"${trace.failed ? ' class="failed"' : ''}>${escapeHtml(trace.name)}</a>${trace.failed ? ' ✗' : ''}
<td class="figure">${milliseconds(trace.durationMs)}<td class="figure">${milliseconds(trace.doneMs)}
<td class="figure">${trace.spans}<td><small>${escapeHtml(trace.services.join(', '))}</small>`,
  )
  return frame(
    'Traces',
    `<form>${field('Name of a span', 'name', name)} ${field('Service', 'service', service)}
${field('Milliseconds at least', 'minMs', minMs ? String(minMs) : '')}
<label><input type="checkbox" name="failed" value="true" style="width:auto"${failed ? ' checked' : ''}> failed</label>
<button>Look</button></form>
<table><tr><th>began (UTC)<th>what<th class="figure">answered after<th class="figure">all done after<th class="figure">spans<th>services
${rows.join('\n')}</table>${rows.length === 0 ? '<p>None yet. Traces arrive about a second after their requests.</p>' : ''}`,
  )
}

/** One trace: its picture, and what is known of each span. */
export function tracePage(traceId: string, spans: readonly Span[]): string {
  const title = titleOf(spans)
  const details = waterfall(spans).map(
    ({ span, offsetMs }) => `<details><summary${span.failed ? ' class="failed"' : ''}>${escapeHtml(span.name)}
<small>${escapeHtml(span.service)}, ${span.kind}, ${milliseconds(span.durationMs)} from ${milliseconds(offsetMs)}</small></summary>
<dl><dt>span<dd>${span.spanId}${Object.entries(span.attributes)
      .map(([key, value]) => `<dt>${escapeHtml(key)}<dd>${escapeHtml(value)}`)
      .join(
        '',
      )}${span.links.map((link) => `<dt>linked to<dd><a href="/traces/${link.traceId}">${link.traceId === traceId ? 'span' : 'another trace, span'} ${link.spanId}</a>`).join('')}</dl></details>`,
  )
  return frame(
    title,
    `<p><a href="/">All traces</a> · <a href="/traces/${traceId}/picture.svg">picture</a> · <a href="/traces/${traceId}/spans.json">spans</a> · <small>trace_id ${traceId}</small></p>
${picture(title, spans)}
<h2>Spans</h2>
${details.join('\n')}`,
  )
}

/** What a trace is called: as its first span. */
export const titleOf = (spans: readonly Span[]): string => waterfall(spans)[0]?.span.name ?? 'trace'
