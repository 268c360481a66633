import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { parse } from 'yaml'

/** A step of a workflow: an action, or a script. */
export type Step = { uses?: string; run?: string; name?: string }

/** A job of a workflow: steps on a machine, or another workflow. */
export type Job = {
  needs?: string | string[]
  uses?: string
  steps?: Step[]
  permissions?: Readonly<Record<string, string>>
  'timeout-minutes'?: number
}

export type Workflow = { jobs: Record<string, Job>; permissions?: Readonly<Record<string, string>> }

/** What GitHub's own parser says of a workflow: its schema, expressions, and what jobs wait for. */
export async function complaintsOf(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter())
  const read = context.errors.getErrors().map(({ message }) => message)
  if (read.length > 0 || !value) return read
  const { errors = [] } = await convertWorkflowTemplate(context, value)
  return errors.map(({ Message }) => Message)
}

/** What a workflow of ours has to be besides, a sentence for each place that is not so. */
export function flawsOf(content: string): string[] {
  const workflow: Workflow = parse(content)
  const jobs = Object.entries(workflow.jobs)
  return [
    ...(workflow.permissions ? [] : ['it has all permissions unless it says which']),
    ...jobs.flatMap(([name, job]) => flawsOfJob(job).map((flaw) => `${name}: ${flaw}`)),
  ]
}

function flawsOfJob({ steps = [], uses, 'timeout-minutes': minutes }: Job): string[] {
  const actions = [uses, ...steps.map((step) => step.uses)].filter((one) => one !== undefined)
  const loose = actions.filter((action) => !action.startsWith('./') && !/@[0-9a-f]{40}$/.test(action))
  const scripts = steps.flatMap(({ run }) => (run ? [run] : []))
  return [
    ...(uses || minutes ? [] : ['it may hang for six hours']),
    // Whoever owns an action may move its tag.
    ...loose.map((action) => `${action} is not one commit`),
    // A title or a branch name would be run as a script.
    ...scripts
      .filter((script) => script.includes('${{'))
      .map(() => 'an expression stands in a script: use env'),
  ]
}
