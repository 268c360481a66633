import type { Figure } from './proof.ts'
import type { Result } from './results.ts'

const signs = { kept: '✓', broken: '✗', 'not possible here': '–' } as const

/**
 * PROOFS.md: a table of all claims, then each with its figures.
 *
 * @param order names of proofs, as they are tried
 */
export function toMarkdown(results: readonly Result[], order: readonly string[]): string {
  const place = ({ name }: Result) => (order.includes(name) ? order.indexOf(name) : order.length)
  const sorted = [...results].sort((one, other) => place(one) - place(other))
  return [
    '# Proofs',
    '',
    'Written by `npm run cluster`: each claim was tried on a running cluster, and this is what came of it last.',
    `${signs.kept} kept, ${signs.broken} broken, ${signs['not possible here']} could not be tried on this cluster.`,
    '',
    '| | claim | took | |',
    '|---|---|---:|---|',
    ...sorted.map(
      ({ outcome, claim, name, seconds }) =>
        `| ${signs[outcome]} | ${cell(claim)} | ${Math.round(seconds)} s | [${name}](#${name}) |`,
    ),
    '',
    ...sorted.flatMap(section),
  ].join('\n')
}

function section(result: Result): string[] {
  const { name, claim, outcome, figures, notes, at, seconds, versions, converted } = result
  const { command = `npm run cluster -- proofs ${name}` } = result
  const parts = Object.entries(versions).map(([part, version]) => `${part} ${version}`)
  return [
    `## ${name}`,
    '',
    `${claim}: **${outcome}**. \`${command}\`, ${at.slice(0, 16).replace('T', ' ')} UTC, ${Math.round(seconds)} s.`,
    '',
    ...(figures.length > 0
      ? ['| | measured | promised | |', '|---|---|---|---|', ...figures.map(row), '']
      : []),
    ...notes.map((note) => `- ${note}`),
    ...(notes.length > 0 ? [''] : []),
    ...(parts.length > 0 ? [`On ${parts.join(', ')}.`] : []),
    ...(converted.length > 0 ? [`Converted for this cluster: ${converted.join('; ')}.`] : []),
    '',
  ]
}

function row({ what, measured, limit, holds }: Figure): string {
  const sign = holds === undefined ? '' : holds ? signs.kept : signs.broken
  const value = typeof measured === 'number' ? measured.toLocaleString('en-GB') : measured
  return `| ${[what, value, limit ?? '', sign].map(cell).join(' | ')} |`
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
