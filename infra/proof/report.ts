import type { Figure } from './proof.ts'
import type { Result } from './results.ts'

const signs = { kept: '✓', broken: '✗', 'not possible here': '–' } as const
const untriedSign = '·'

/** What a proof claims, whether it was tried or not. */
export type Claim = { readonly name: string; readonly claim: string }

/**
 * PROOFS.md: a table of all claims, then each with its figures, then what they were tried on.
 *
 * @param claims all of them, in the order in which they are tried; those without a result are told as not tried
 */
export function toMarkdown(results: readonly Result[], claims: readonly Claim[]): string {
  const place = ({ name }: Claim) => {
    const at = claims.findIndex((claim) => claim.name === name)
    return at < 0 ? claims.length : at
  }
  const sorted = [...results].sort((one, other) => place(one) - place(other))
  const never = claims.filter(({ name }) => !results.some((result) => result.name === name))
  const rows = [...sorted.map(tried), ...never.map(untried)].sort((one, other) => place(one) - place(other))
  return [
    '# Proofs',
    '',
    'Written by `npm run cluster`: each claim was tried on a running cluster, and this is what came of it last.',
    `${signs.kept} kept, ${signs.broken} broken, ${signs['not possible here']} could not be tried on this cluster, ${untriedSign} not tried yet.`,
    '',
    '| | claim | took | |',
    '|---|---|---:|---|',
    ...rows.map(({ row }) => row),
    '',
    ...sorted.flatMap(section),
    ...sites(sorted),
  ].join('\n')
}

const tried = (result: Result) => {
  const { name, claim, outcome, seconds } = result
  return {
    name,
    claim,
    row: `| ${signs[outcome]} | ${cell(claim)} | ${Math.round(seconds)} s | [${name}](#${name}) |`,
  }
}

const untried = ({ name, claim }: Claim) => ({
  name,
  claim,
  row: `| ${untriedSign} | ${cell(claim)} | | ${name} |`,
})

function section(result: Result): string[] {
  const { name, claim, outcome, figures, notes, at, seconds } = result
  const { command = `npm run cluster -- proofs ${name}` } = result
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
  ]
}

/** What proofs were tried on, and what was made from other sources for it: once for all that share it. */
function sites(results: readonly Result[]): string[] {
  const shared = Map.groupBy(results, ({ versions, converted }) => JSON.stringify([versions, converted]))
  const lines = [...shared.values()].flatMap((some) => {
    const [{ versions, converted } = { versions: {}, converted: [] }] = some
    const parts = Object.entries(versions).map(([part, version]) => `${part} ${version}`)
    if (parts.length + converted.length === 0) return []
    const names = shared.size > 1 ? [`${some.map(({ name }) => name).join(', ')}:`, ''] : []
    return [
      ...names,
      ...(parts.length > 0 ? [`- On ${parts.join(', ')}.`] : []),
      ...converted.map((part) => `- Converted for this cluster: ${part}.`),
      '',
    ]
  })
  return lines.length > 0 ? ['## What they were tried on', '', ...lines] : []
}

function row({ what, measured, limit, holds }: Figure): string {
  const sign = holds === undefined ? '' : holds ? signs.kept : signs.broken
  const value = typeof measured === 'number' ? measured.toLocaleString('en-GB') : measured
  return `| ${[what, value, limit ?? '', sign].map(cell).join(' | ')} |`
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
