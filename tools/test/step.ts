import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { ROOT } from '../system/client.ts'

/** How many checks passed and failed: tests of Vitest one by one, any other command as one; and what failed, by name. */
export type Count = { passed: number; failed: number; failures: string[] }

/** One thing that `npm test` checks. */
export type Step = {
  name: string
  /** Program of node_modules/.bin or of tools/, and its arguments. */
  command: readonly [string, ...string[]]
  /** Whether it asks for the private PostgreSQL, NATS and Redis. */
  needsServices?: boolean
}

/** A step of Vitest shows its progress itself and counts its tests. */
export const vitest = (name: string, needsServices = false): Step => ({
  name,
  command: ['vitest', 'run', '--project', name, '--reporter=default'],
  needsServices,
})

const isVitest = ({ command }: Step) => command[0] === 'vitest'

/**
 * Runs a step to its end. What Vitest says is passed on as it comes; what others say is shown when they fail.
 *
 * @param started told of the process, so that it can be ended before its time
 */
export async function run(
  step: Step,
  env: Record<string, string>,
  started: (child: ChildProcess) => void,
): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), 'myhotel-test-'))
  const report = join(folder, 'report.json')
  const [program, ...args] = step.command
  const more = isVitest(step) ? ['--reporter=json', `--outputFile.json=${report}`] : []
  const child = spawn(program, [...args, ...more], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...env,
      PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
    },
    stdio: isVitest(step) ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })
  started(child)
  const said: Buffer[] = []
  child.stdout?.on('data', (data: Buffer) => said.push(data))
  child.stderr?.on('data', (data: Buffer) => said.push(data))
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      said.push(Buffer.from(`${error.message}\n`))
      resolve(1)
    })
    child.once('close', (exitCode) => resolve(exitCode ?? 1))
  })
  if (code !== 0) process.stdout.write(Buffer.concat(said))
  const count = isVitest(step)
    ? counted(step, report, code)
    : code === 0
      ? { passed: 1, failed: 0, failures: [] }
      : { passed: 0, failed: 1, failures: [step.name] }
  rmSync(folder, { recursive: true, force: true })
  return count
}

type Report = {
  numPassedTests: number
  numFailedTests: number
  testResults: {
    name: string
    status: string
    assertionResults: { status: string; fullName: string }[]
  }[]
}

/** Something may be wrong with no test failing: a file that does not load, no test at all, an error between. */
export function counted({ name: step }: Pick<Step, 'name'>, report: string, code: number): Count {
  if (!existsSync(report))
    return { passed: 0, failed: 1, failures: [`${step}: ended before it had a result`] }
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const failures = testResults.flatMap(({ name, status, assertionResults }) => {
    const file = relative(ROOT, name)
    const tests = assertionResults.filter((test) => test.status === 'failed')
    if (tests.length > 0) return tests.map(({ fullName }) => `${step}: ${file} > ${fullName}`)
    return status === 'failed' ? [`${step}: ${file} (outside its tests)`] : []
  })
  if (failures.length === 0 && code !== 0) failures.push(`${step}: an error outside of all tests, see above`)
  return { passed: numPassedTests, failed: failures.length, failures }
}
