import { setTimeout as delay } from 'node:timers/promises'
import type { Resource } from '../k8s/rules/resource.ts'
import type { Kubectl, Named } from '../proof/kubectl.ts'
import { type Deployment, isRolledOut } from '../proof/objects.ts'
import type { Watch } from './objectives.ts'
import { namesOf, type Plan, type Stage } from './plan.ts'

export type RollOut = {
  readonly kubectl: Kubectl
  readonly plan: Plan
  /** Absent where nobody watches: only whether pods become ready is looked at then. */
  readonly watch?: Watch
  readonly tell: (line: string) => void
  readonly signal: AbortSignal
  /** How long each new pod is looked at before the next one is replaced. */
  readonly stepSeconds: number
  /** How long a stage is looked at before the next one begins. */
  readonly settleMs: number
  /** How often is looked. */
  readonly everyMs: number
  /** How often in a row an objective has to be missed. */
  readonly patience: number
  readonly migratedWithinMs: number
}

/** Why a version is not taken further. */
export class Harmful extends Error {
  override readonly name = 'Harmful'
}

const REVISION = 'deployment.kubernetes.io/revision'
/** As long as a Deployment may be without any progress (infra/k8s/base/pods.yaml), and some. */
const backWithinMs = 600_000

/**
 * Brings a version into a cluster, stage by stage and within a stage pod by pod, and takes it back as soon as an objective is
 * missed or pods do not become ready. Migrations stay: they suit the version before.
 *
 * @returns whether the version is there
 * @throws where nothing was replaced yet: objectives are missed already, or the migrations fail
 */
export async function rollOut(options: RollOut): Promise<boolean> {
  const { kubectl, plan, tell } = options
  const before = await kubectl.list<Deployment>('deployments')
  const supergraph = (await kubectl.list<Named>('configmaps')).filter(
    ({ metadata }) => metadata.name === 'supergraph',
  )
  const already = (await options.watch?.()) ?? []
  if (already.length > 0) throw new Harmful(`Not begun, since all is not well before: ${already.join('; ')}`)

  tell(`${plan.first.length} objects that pods need`)
  await apply(kubectl, plan.first)
  await migrated(options)
  const begun: Stage[] = []
  try {
    for (const stage of plan.stages) {
      begun.push(stage)
      tell(`${stage.name}: ${namesOf(stage.deployments).join(', ')}`)
      await apply(kubectl, [
        ...stage.also,
        ...stage.deployments.map((one) => inSteps(one, options.stepSeconds)),
      ])
      await replaced(options, namesOf(stage.deployments))
    }
  } catch (error) {
    tell(`taken back: ${error instanceof Error ? error.message : String(error)}`)
    await takeBack(options, begun, before, supergraph)
    return false
  }
  await apply(
    kubectl,
    plan.stages.flatMap(({ deployments }) => deployments),
  )
  return true
}

/** As those apply it who type `kubectl apply -k`. */
async function apply(kubectl: Kubectl, resources: readonly object[]): Promise<void> {
  if (resources.length === 0) return
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: resources })
  await kubectl.run(['apply', '--filename', '-'], { input, withinMs: 240_000 })
}

/** A pod counts as available when it has been ready for so long: the next one is replaced then. */
const inSteps = (deployment: Resource, stepSeconds: number): Resource => ({
  ...deployment,
  spec: { ...deployment.spec, minReadySeconds: stepSeconds },
})

/** Waits for the migrations of the version; while they fail, pods of before serve. */
async function migrated({ kubectl, plan, tell, migratedWithinMs, signal }: RollOut): Promise<void> {
  const jobs = namesOf(
    plan.first.filter(
      ({ kind, metadata }) =>
        kind === 'Job' && metadata.labels?.['app.kubernetes.io/component'] === 'migration',
    ),
  )
  if (jobs.length === 0) return
  tell(`migrations: ${jobs.join(', ')}`)
  signal.throwIfAborted()
  const seconds = Math.ceil(migratedWithinMs / 1_000)
  await kubectl.run(
    [
      'wait',
      '--for=condition=complete',
      ...jobs.map((job) => `job/${job}`),
      `--timeout=${seconds}s`,
      '--namespace',
      'myhotel',
    ],
    { withinMs: migratedWithinMs + 10_000 },
  )
}

/** Looks until all pods are of the version and the time to settle is over. */
async function replaced(options: RollOut, names: readonly string[]): Promise<void> {
  const { kubectl, tell, signal, everyMs } = options
  let missed = 0
  let settledAt: number | undefined
  let late = ''
  for (;;) {
    signal.throwIfAborted()
    const harm = (await options.watch?.()) ?? []
    missed = harm.length > 0 ? missed + 1 : 0
    if (missed >= options.patience) throw new Harmful(harm.join('; '))
    const deployments = (await kubectl.list<Deployment>('deployments')).filter(({ metadata }) =>
      names.includes(metadata.name),
    )
    const stuck = deployments.filter(isStuck).map(({ metadata }) => metadata.name)
    if (stuck.length > 0) throw new Harmful(`pods do not become ready: ${stuck.join(', ')}`)
    const waiting = deployments.filter((one) => !isRolledOut(one)).map(({ metadata }) => metadata.name)
    if (waiting.length > 0 && waiting.join() !== late) tell(`waiting for ${waiting.join(', ')}`)
    late = waiting.join()
    if (waiting.length === 0 && missed === 0) {
      settledAt ??= Date.now() + options.settleMs
      if (Date.now() >= settledAt) return
    }
    await delay(everyMs, undefined, { signal })
  }
}

const isStuck = ({ status }: Deployment) =>
  status.conditions?.some(
    ({ type, status: is, reason }) =>
      type === 'Progressing' && is === 'False' && reason === 'ProgressDeadlineExceeded',
  ) ?? false

/** What was begun last goes first; routers know their subgraphs as they were before those are so again. */
async function takeBack(
  { kubectl, tell, everyMs }: RollOut,
  begun: readonly Stage[],
  before: readonly Deployment[],
  supergraph: readonly Named[],
): Promise<void> {
  if (begun.some(({ also }) => also.length > 0)) await apply(kubectl, supergraph.map(asApplied))
  for (const { deployments } of begun.toReversed()) {
    const names = namesOf(deployments)
    for (const { metadata } of before.filter(({ metadata: { name } }) => names.includes(name))) {
      const revision = metadata.annotations?.[REVISION]
      const to = revision ? [`--to-revision=${revision}`] : []
      await kubectl.run(['rollout', 'undo', `deployment/${metadata.name}`, ...to, '--namespace', 'myhotel'])
    }
  }
  const names = namesOf(begun.flatMap(({ deployments }) => deployments))
  const deadline = Date.now() + backWithinMs
  for (;;) {
    const deployments = await kubectl.list<Deployment>('deployments')
    const waiting = deployments.filter((one) => names.includes(one.metadata.name) && !isRolledOut(one))
    if (waiting.length === 0) break
    if (Date.now() > deadline)
      throw new Error(`not back: ${waiting.map(({ metadata }) => metadata.name).join(', ')}`)
    await delay(everyMs)
  }
  tell(`the version before serves again: ${names.join(', ')}`)
}

/** What an object was told, without what the server has added. */
function asApplied({ metadata, ...object }: Named): object {
  const { name, namespace, labels } = metadata
  return { ...object, metadata: { name, namespace, labels } }
}
