import { globSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parse, print, separateOperations } from 'graphql'
import { v7 } from 'uuid'
import { expect } from 'vitest'
import type { Envelope, Verdict } from '../envelope.ts'
import { toEnvelope } from '../jetstream.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const API = join(ROOT, 'docs/api')

/** The version at hand, whose promises may still grow. */
export const now = 'now'

/** Where samples of each release that is kept are, and of `now`; see docs/api/README.md. */
const releases = [...readdirSync(API).filter((name) => /^\d+[.]\d+[.]\d+$/.test(name)), now].map(
  (version) => ({ version, folder: version === now ? API : join(API, version) }),
)

const currentMajor: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version.split(
  '.',
)[0]
const isOfThisMajor = ({ version }: { version: string }) =>
  version === now || version.split('.')[0] === currentMajor

/** A message as it lies in a stream. */
export type Message = {
  readonly subject: string
  readonly headers: Readonly<Record<string, string>>
  readonly data: unknown
}

const timeOf = ({ headers }: Message) => Date.parse(headers['ce-time'] ?? '')

/** Messages of every release, in the order in which they were published: a small hotel's history. */
export const keptMessages: readonly { version: string; messages: readonly Message[] }[] = releases.map(
  ({ version, folder }) => ({
    version,
    messages: globSync('samples/events/*.json', { cwd: folder })
      .flatMap((file) => read<Message[]>(join(folder, file)))
      .sort((one, other) => timeOf(one) - timeOf(other)),
  }),
)

/** The same as the consumers of a subgraph are given them. */
export const keptEvents = keptMessages.map(({ version, messages }) => ({
  version,
  events: messages.map(asRead),
}))

/** @throws where it is no event */
export function asRead({ subject, headers, data }: Message): Envelope {
  const [context = ''] = subject.split('.')
  const event = toEnvelope(context, (name) => headers[name], JSON.stringify(data))
  if (!event) throw new Error(`${subject} is no event`)
  return event
}

/**
 * Hands a history to consumers, one event after the other.
 * @returns the events that one of them did not take in
 */
export async function refusedOf(
  events: readonly Envelope[],
  deliver: (event: Envelope) => Promise<readonly Verdict[]>,
): Promise<string[]> {
  const refused: string[] = []
  for (const event of events) {
    const verdicts = await deliver(event)
    if (verdicts.some((verdict) => verdict !== 'done')) refused.push(`${event.type} ${event.id}`)
  }
  return refused
}

/** What one service asks of another, in which situation, and what it is answered. */
export type Call = {
  readonly version: string
  readonly caller: string
  readonly callee: string
  readonly operation: string
  /** The situation in which the callee is asked. */
  readonly when: string
  readonly document: string
  readonly variables: Record<string, unknown>
  /** With `any uuid`, `any text`, … where the callee is free. */
  readonly answer: Record<string, unknown>
}

/** Calls by which releases of this major ask `callee`, with ids of their own. */
export const callsTo = (callee: string): Call[] =>
  releases.filter(isOfThisMajor).flatMap((release) => callsOf(release, `*-to-${callee}`))

/** Calls by which `caller` asks others, now. */
export const callsFrom = (caller: string): Call[] =>
  releases.filter(({ version }) => version === now).flatMap((release) => callsOf(release, `${caller}-to-*`))

type Sample = Pick<Call, 'operation' | 'when' | 'variables' | 'answer'>

function callsOf({ version, folder }: { version: string; folder: string }, pattern: string): Call[] {
  return globSync(`samples/calls/${pattern}.json`, { cwd: folder }).flatMap((path) => {
    const [caller = '', callee = ''] = basename(path, '.json').split('-to-')
    const operations = operationsOf(version, folder, caller, callee)
    const samples: Sample[] = read(join(folder, path))
    const unasked = Object.keys(operations).filter(
      (name) => !samples.some(({ operation }) => operation === name),
    )
    if (unasked.length > 0) throw new Error(`${path} has no sample of ${unasked.join()}`)
    return samples.map((sample) => {
      const operation = operations[sample.operation]
      if (!operation) throw new Error(`${caller} does not send ${callee} any ${sample.operation}`)
      return { version, caller, callee, document: print(operation), ...withNewIds(sample) }
    })
  })
}

function operationsOf(version: string, folder: string, caller: string, callee: string) {
  const file =
    version === now
      ? join(ROOT, `subgraphs/${caller}/src/adapters/${callee}.operations.graphql`)
      : join(folder, `documents/${caller}-to-${callee}.graphql`)
  return separateOperations(parse(readFileSync(file, 'utf8')))
}

/** Samples of all releases have the same ids; what is asked in one is not to meet what another has left. */
function withNewIds<Value>(sample: Value): Value {
  const ids = new Map<string, string>()
  const replaced = JSON.stringify(sample).replace(/01945a00-0000-7000-8000-[0-9a-f]{12}/g, (id) => {
    const other = ids.get(id) ?? v7()
    ids.set(id, other)
    return other
  })
  return JSON.parse(replaced)
}

/** The call about something that has another id, since the callee chose it. */
export const about = (call: Call, id: string, itsId: string): Call =>
  JSON.parse(JSON.stringify(call).replaceAll(id, itsId))

/** What a callee may say where it is free: how that is recognised, and an example of it. */
const free: Record<string, readonly [expected: () => unknown, example: unknown]> = {
  'any uuid': [
    () => expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
    '01945a00-0000-7000-8000-00000000ffff',
  ],
  'any text': [() => expect.stringMatching(/./), 'Said in other words.'],
  'any integer': [() => expect.any(Number), 7],
  'any instant': [() => expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), '2027-01-05T10:00:00.000Z'],
}

/** What the callee has to answer, for `toEqual`. */
export const expectedOf = ({ answer }: Call): unknown => filled(answer, ([expected]) => expected())

/** An answer that keeps to what was promised. */
export const exampleOf = ({ answer }: Call): unknown => filled(answer, ([, example]) => example)

function filled(value: unknown, fill: (kind: (typeof free)[string]) => unknown): unknown {
  if (typeof value === 'string') {
    const kind = free[value]
    return kind ? fill(kind) : value
  }
  if (Array.isArray(value)) return value.map((each) => filled(each, fill))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(each, fill)]))
}

/** Stands where the callee would, and answers a call as was promised; `asked` is what came. */
export async function answering(call: Call) {
  const asked: { query: string; variables: unknown }[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    asked.push(JSON.parse(await text(request)))
    response.end(JSON.stringify({ data: exampleOf(call) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

function read<Value>(file: string): Value {
  return JSON.parse(readFileSync(file, 'utf8'))
}
