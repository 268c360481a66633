import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../tools/system/client.ts'
import { render } from '../k8s/rules/kubectl.ts'
import type { Resource } from '../k8s/rules/resource.ts'
import { type Objective, readObjectives, watchBy } from './objectives.ts'
import { namesOf, planOf } from './plan.ts'
import { type RollOut, rollOut } from './roll-out.ts'
import { clusterInMemory } from './testing-cluster.ts'

const order = ['marketing', 'mypage', 'notification', 'servicecenter', 'payment', 'book', 'room', 'router']

/** The overlay without what somebody has added: these tests name what there is. */
async function renderOurs(): Promise<Resource[]> {
  const whole = await render(join(ROOT, 'infra/k8s/overlays/staging'))
  const added = whole
    .filter(({ kind, metadata }) => kind === 'Deployment' && !order.includes(metadata.name))
    .map(({ metadata }) => metadata.name)
  return whole.filter(({ metadata }) => !metadata.name.split('-').some((word) => added.includes(word)))
}

const overlay = await renderOurs()

/** The overlay with another image, and another supergraph. */
function version(image: string): Resource[] {
  return structuredClone(overlay).map((resource) => {
    for (const container of resource.spec?.template?.spec?.containers ?? []) container.image = image
    return resource.metadata.name === 'supergraph' ? { ...resource, data: { from: image } } : resource
  })
}

const everywhere = (image: string) => Object.fromEntries(order.map((name) => [name, image]))

/** A cluster with version `one`, and how `two` is brought into it. */
function rollingOut(faulty: string[] = [], options: Partial<RollOut> = {}) {
  const cluster = clusterInMemory(faulty)
  for (const resource of version('one')) cluster.apply(resource)
  const lines: string[] = []
  const told: RollOut = {
    ...{ kubectl: cluster.kubectl, plan: planOf(version('two')), tell: (line) => void lines.push(line) },
    ...{ signal: new AbortController().signal, stepSeconds: 30, settleMs: 5, everyMs: 1, patience: 3 },
    ...{ migratedWithinMs: 1_000, watch: async () => [] },
    ...options,
  }
  return { cluster, lines, done: () => rollOut(told) }
}

describe('the plan', () => {
  const plan = planOf(overlay)

  test('is by rank, what does least harm first, and routers with their supergraph last', () => {
    expect(plan.stages.map(({ name }) => name)).toEqual(['supporting', 'general', 'core', 'router'])
    expect(plan.stages.flatMap(({ deployments }) => namesOf(deployments))).toEqual(order)
    expect(plan.stages.map(({ also }) => namesOf(also))).toEqual([[], [], [], ['supergraph']])
  })

  test('leaves nothing of the overlay out, and does nothing twice', () => {
    const planned = [
      ...plan.first,
      ...plan.stages.flatMap(({ also, deployments }) => [...also, ...deployments]),
    ]
    expect(new Set(planned)).toEqual(new Set(overlay))
    expect(planned).toHaveLength(overlay.length)
  })

  test('has a place for each Deployment, or there is none', () => {
    const [room] = overlay.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'room')
    if (!room) throw new Error('no room')
    const { 'myhotel.example/rank': _, ...labels } = room.metadata.labels ?? {}
    expect(() => planOf([{ ...room, metadata: { ...room.metadata, labels } }])).toThrow('no rank: room')
  })
})

describe('a version', () => {
  test('comes stage by stage, after its migrations, and is left as its overlay has it', async () => {
    const { cluster, done } = rollingOut()
    expect(await done()).toBe(true)
    expect(cluster.images()).toEqual(everywhere('two'))
    expect(cluster.data('supergraph')).toEqual({ from: 'two' })
    expect(cluster.done[1]).toMatch(/^wait --for=condition=complete job\/migrate-/)
    expect(cluster.done.slice(2)).toEqual([
      'apply Deployment/marketing Deployment/mypage Deployment/notification Deployment/servicecenter',
      'apply Deployment/payment',
      'apply Deployment/book Deployment/room',
      'apply ConfigMap/supergraph Deployment/router',
      `apply ${order.map((name) => `Deployment/${name}`).join(' ')}`,
    ])
    expect(cluster.steps()).toEqual(new Set([5]))
  })

  test('that harms is taken back, all of it, and nothing further is replaced', async () => {
    const { cluster, lines, done } = rollingOut([], {
      watch: async () => (cluster.images().book === 'two' ? ['bookings: 0.2, at most 0.03'] : []),
    })
    expect(await done()).toBe(false)
    expect(cluster.images()).toEqual(everywhere('one'))
    expect(cluster.data('supergraph')).toEqual({ from: 'one' })
    expect(lines).toContain('taken back: bookings: 0.2, at most 0.03')
    const undone = cluster.done.filter((one) => one.startsWith('rollout undo'))
    expect(undone.map((one) => /deployment\/(\w+)/.exec(one)?.[1])).toEqual([
      ...['book', 'room', 'payment', 'marketing', 'mypage', 'notification', 'servicecenter'],
    ])
    expect(cluster.done.join()).not.toContain('Deployment/router')
  })

  test('that harms with its routers gives them the supergraph of before first', async () => {
    const { cluster, done } = rollingOut([], {
      watch: async () => (cluster.data('supergraph')?.from === 'two' ? ['searches: not known'] : []),
    })
    expect(await done()).toBe(false)
    expect(cluster.data('supergraph')).toEqual({ from: 'one' })
    expect(cluster.images()).toEqual(everywhere('one'))
    const back = cluster.done.slice(cluster.done.indexOf('apply ConfigMap/supergraph'))
    expect(back[1]).toBe('rollout undo deployment/router --to-revision=1')
  })

  test('whose pods do not become ready is taken back', async () => {
    const { cluster, lines, done } = rollingOut(['two'])
    expect(await done()).toBe(false)
    expect(cluster.images()).toEqual(everywhere('one'))
    expect(lines.join()).toContain(
      'taken back: pods do not become ready: marketing, mypage, notification, servicecenter',
    )
  })

  test('is not judged by one look: an objective has to be missed again and again', async () => {
    let looks = 0
    const { cluster, done } = rollingOut([], {
      watch: async () => {
        looks += 1
        return looks % 3 === 2 ? ['searches'] : []
      },
    })
    expect(await done()).toBe(true)
    expect(cluster.images()).toEqual(everywhere('two'))
  })

  test('is not begun while something is wrong already', async () => {
    const { cluster, done } = rollingOut([], { watch: async () => ['bookings'] })
    await expect(done()).rejects.toThrow('Not begun, since all is not well before: bookings')
    expect(cluster.done).toEqual([])
  })

  test('is taken back when somebody stops its roll-out', async () => {
    const stopped = new AbortController()
    const { cluster, done } = rollingOut([], {
      signal: stopped.signal,
      watch: async () => {
        if (cluster.images().payment === 'two') stopped.abort()
        return []
      },
    })
    expect(await done()).toBe(false)
    expect(cluster.images()).toEqual(everywhere('one'))
  })
})

describe('objectives', () => {
  let server: Server
  let url: string
  let answer: object | null
  const objective: Objective = { name: 'bookings', query: 'failed', most: 0.03 }
  const asked: string[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(answer ? 200 : 503).end(JSON.stringify(answer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prometheus`
  })
  afterAll(() => void server.close())

  const vector = (...figures: string[]) => ({
    status: 'success',
    data: { resultType: 'vector', result: figures.map((figure) => ({ metric: {}, value: [1, figure] })) },
  })

  test.each([
    ['met', vector('0.01'), []],
    ['missed', vector('0.21'), ['bookings: 0.21, at most 0.03']],
    ['missed by one of several', vector('0.01', '0.5'), ['bookings: 0.5, at most 0.03']],
    ['met where nothing was asked', vector(), []],
    ['met where nothing is divided by nothing', vector('NaN'), []],
    ['not known where Prometheus is away', null, ['bookings: not known, Prometheus answers 503']],
  ])('are %s', async (_, answered, harm) => {
    answer = answered
    expect(await watchBy(url, [objective])()).toEqual(harm)
    expect(asked.at(-1)).toBe('/prometheus/api/v1/query?query=failed')
  })

  test('of the file can be read', async () => {
    const objectives = await readObjectives(join(import.meta.dirname, 'objectives.yaml'))
    expect(objectives.map(({ most }) => most > 0 && most < 1)).toEqual(objectives.map(() => true))
  })
})
