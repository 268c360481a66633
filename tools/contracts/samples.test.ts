import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { keptMessages, now } from '@myhotel/kit/testing/promises'
import { parse, separateOperations } from 'graphql'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../system/client.ts'
import { contractsOf } from './events.ts'
import { API } from './files.ts'
import type { Schema } from './narrower.ts'
import { promisesOf } from './promises.ts'
import { changedSinceRelease, keptReleases, versionOf } from './releases.ts'

const contracts = await contractsOf(ROOT)
const dataOf = (type: string, version = now) =>
  (keptMessages.find((release) => release.version === version)?.messages ?? [])
    .filter(({ headers }) => headers['ce-type'] === type)
    .map(({ data }) => data as Record<string, unknown>)

describe.each(contracts)('$type', ({ type, version, context, schema }) => {
  test('has a sample, which is published as it is', () => {
    const samples = dataOf(type)
    expect(samples).not.toEqual([])
    for (const sample of samples) expect(schema.parse(sample)).toEqual(sample)
  })

  test('its samples say its context and version', () => {
    const { messages = [] } = keptMessages.find((release) => release.version === now) ?? {}
    const own = messages.filter(({ headers }) => headers['ce-type'] === type)
    expect(new Set(own.map(({ headers }) => `${headers['ce-source']} ${headers['schema-version']}`))).toEqual(
      new Set([`/myhotel/${context} ${version}`]),
    )
  })

  test.each(keptMessages)('of $version is read', (release) => {
    for (const sample of dataOf(type, release.version)) expect(() => schema.parse(sample)).not.toThrow()
  })
})

test('what may be missing in an event is missing in one sample, and there in another', async () => {
  const promises = await promisesOf(ROOT)
  const optional = contracts.flatMap(({ type }) => {
    const { properties = {}, required = [] }: Schema = JSON.parse(
      promises[`events/${type}.json`] ?? '',
    ).published
    const names = Object.keys(properties).filter((name) => !required.includes(name))
    return names.map((name) => ({ type, name }))
  })
  const oneSided = optional.filter(({ name, type }) => {
    // Events of several types may have one schema.
    const same = contracts.find((contract) => contract.type === type)?.schema
    const samples = contracts.filter(({ schema }) => schema === same).flatMap((each) => dataOf(each.type))
    return new Set(samples.map((sample) => name in sample)).size < 2
  })
  expect(optional.length).toBeGreaterThan(0)
  expect(oneSided).toEqual([])
})

describe('calls between services', () => {
  const documents = globSync('subgraphs/*/src/adapters/*.operations.graphql', { cwd: ROOT })
  const pairs = documents.map((file) => ({
    file,
    caller: file.split('/')[1] ?? '',
    callee: basename(file, '.operations.graphql'),
  }))
  const textsOf = (subgraph: string) =>
    globSync(`subgraphs/${subgraph}/src/**/*.test.ts`, { cwd: ROOT })
      .map((file) => readFileSync(join(ROOT, file), 'utf8'))
      .join()

  test.each(pairs)('$caller to $callee: each operation has a sample', ({ file, caller, callee }) => {
    const operations = Object.keys(separateOperations(parse(readFileSync(join(ROOT, file), 'utf8'))))
    const path = join(ROOT, API, `samples/calls/${caller}-to-${callee}.json`)
    const samples: { operation: string }[] = JSON.parse(readFileSync(path, 'utf8'))
    expect(new Set(samples.map(({ operation }) => operation))).toEqual(new Set(operations))
  })

  test.each(pairs)('$caller to $callee: both are tested with them', ({ caller, callee }) => {
    expect(textsOf(callee)).toContain(`callsTo('${callee}')`)
    expect(textsOf(caller)).toContain(`callsFrom('${caller}')`)
  })
})

test('every subgraph that follows events is tested with those that were kept', () => {
  const consumers = globSync('subgraphs/*/src/adapters/event-consumer.ts', { cwd: ROOT })
  const untested = consumers.filter((file) => {
    const tests = join(ROOT, dirname(file), 'kept-events.adapter.test.ts')
    return !existsSync(tests) || !readFileSync(tests, 'utf8').includes('each(keptEvents)')
  })
  expect(consumers.length).toBeGreaterThan(0)
  expect(untested).toEqual([])
})

describe('releases', () => {
  test('this version keeps what the last one promised, in a folder that nobody changes', async () => {
    const releases = await keptReleases(ROOT)
    expect(releases.map(({ version }) => version)).toContain(await versionOf(ROOT))
    for (const { version } of releases) expect(await changedSinceRelease(ROOT, version)).toEqual([])
  })
})
