import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../tools/system/client.ts'
import { readPanels } from './dashboards.ts'
import { phases } from './faults/index.ts'
import { namesIn } from './names.ts'
import { hastened, RULES, readAlerts, readExpressions } from './rules.ts'

const alerts = await readAlerts()
const names = alerts.map(({ name }) => name)

describe('each alert', () => {
  test('has one name', () => {
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(11)
  })

  test.each(alerts)('$name says how urgent it is, what is the matter and where to read on', (alert) => {
    expect(['page', 'ticket']).toContain(alert.severity)
    expect(alert.summary).toMatch(/^.+\.$/s)
    expect(alert.runbook).toBe(`docs/runbooks/${alert.name}.md`)
    const page = readFileSync(join(ROOT, alert.runbook), 'utf8')
    expect(page).toMatch(new RegExp(`^# ${alert.name}\n\n.+\n\n## Look at\n\n- .+\n\n## Do\n\n- .+`, 's'))
  })

  test('is fired by a fault', () => {
    const fired = phases.flat().flatMap((fault) => fault.alerts)
    expect([...fired].sort()).toEqual([...names].sort())
  })
})

describe('the runbooks', () => {
  const pages = readdirSync(join(ROOT, 'docs/runbooks')).filter((file) => file !== 'README.md')

  test('are of alerts that there are, and all in the list', () => {
    expect(pages.map((file) => file.replace('.md', '')).sort()).toEqual([...names].sort())
    const list = readFileSync(join(ROOT, 'docs/runbooks/README.md'), 'utf8')
    expect(names.filter((name) => !list.includes(`[${name}](${name}.md)`))).toEqual([])
  })

  test.each(pages)('%s refers to pages that there are', (file) => {
    const text = readFileSync(join(ROOT, 'docs/runbooks', file), 'utf8')
    const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link)
    expect(links.filter((link) => !existsSync(join(ROOT, 'docs/runbooks', link)))).toEqual([])
  })
})

describe('expressions', () => {
  test('of rules and dashboards are PromQL', async () => {
    const { expressions } = await readExpressions()
    const panels = await readPanels()
    expect(panels.length).toBeGreaterThan(20)
    for (const expression of [...expressions, ...panels.map(({ expr }) => expr)])
      expect(namesIn(expression).length).toBeGreaterThan(0)
  })

  test('that are none are refused', () => {
    expect(() => namesIn('sum(rate(up[5m])')).toThrow('is no PromQL')
  })

  test('tell which figures they read', () => {
    expect(namesIn('sum by (job) (rate(a_total{b="c"}[5m])) / on (job) max(d:e) or vector(0)')).toEqual([
      'a_total',
      'd:e',
    ])
  })
})

describe('hastened rules', () => {
  test('have shorter durations, and the same numbers', () => {
    const text = 'expr: max(min_over_time(a[6h])) > 60 and rate(b[5m]) > 0.5\nfor: 2m\n'
    expect(hastened(text, 12)).toBe(
      'expr: max(min_over_time(a[1800s])) > 60 and rate(b[25s]) > 0.5\nfor: 10s\n',
    )
  })

  test('keep the names under which they are recorded', () => {
    expect(hastened('record: myhotel:bookings_failed:ratio_rate5m', 12)).toBe(
      'record: myhotel:bookings_failed:ratio_rate5m',
    )
  })
})

const promtool = spawnSync('promtool', ['--version']).status === 0

test.runIf(promtool)("Prometheus' own tool finds no fault with the rules", () => {
  const files = readdirSync(RULES).map((file) => join(RULES, file))
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', ...files], { encoding: 'utf8' })
  expect(`${stdout}${stderr}`).toMatch(/SUCCESS/)
  expect(status).toBe(0)
})
