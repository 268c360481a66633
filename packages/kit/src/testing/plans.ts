import { Client } from 'pg'
import { vi } from 'vitest'

/** What was asked of PostgreSQL. */
export type Statement = { readonly name?: string; readonly text: string; readonly values?: unknown[] }

/** Notes everything that is asked of PostgreSQL while `work` goes on, whoever asks. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const asked: Statement[] = []
  const query = Client.prototype.query as (...given: unknown[]) => unknown
  const spy = vi.spyOn(Client.prototype, 'query').mockImplementation(function (
    this: Client,
    ...given: unknown[]
  ) {
    const [statement, values] = given
    asked.push(
      typeof statement === 'string'
        ? { text: statement, values: values as unknown[] }
        : (statement as Statement),
    )
    return query.apply(this, given)
  } as never)
  try {
    await work()
  } finally {
    spy.mockRestore()
  }
  return asked
}

type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Plans?: Plan[]
}

/**
 * Tables that a statement can read only as a whole: no index serves it, however large they are. An index that gives
 * rows in an order serves; a primary key that is read from end to end does not.
 */
export async function readAsAWhole(url: string, statements: readonly Statement[]): Promise<string[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('SET enable_seqscan = off')
    const found: string[] = []
    for (const { text, values = [] } of statements) {
      if (!/^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i.test(text)) continue
      const { rows } = await client.query(`EXPLAIN (FORMAT JSON) ${text}`, values)
      for (const plan of scans(rows[0]['QUERY PLAN'][0].Plan)) {
        const isWhole = plan['Node Type'] === 'Seq Scan' || (isScanOfKey(plan) && !plan['Index Cond'])
        if (isWhole)
          found.push(`${plan['Relation Name']} in ${text.replace(/\s+/g, ' ').trim().slice(0, 200)}`)
      }
    }
    return found
  } finally {
    await client.end()
  }
}

const isScanOfKey = (plan: Plan) =>
  plan['Index Name']?.endsWith('_pkey') && /Index (Only )?Scan/.test(plan['Node Type'])

function scans(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(scans)].filter(
    (node) => node['Relation Name'] || node['Index Name'],
  )
}
