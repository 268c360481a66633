import type { EventPromise } from './events.ts'
import { below, type Promises } from './files.ts'
import { refusals } from './narrower.ts'
import { isSameMajor, type Release } from './releases.ts'
import { added, missedByRouters, schemaOf, takenBack, unanswered } from './schemas.ts'

/**
 * Which promises of earlier releases a version breaks, a sentence for each.
 *
 * Within a major, clients, routers, callers and subscribers of every earlier release go on working, and what services ask
 * is answered by the release before, too: in a roll-out both are there. Across majors one thing stays: events are kept for
 * ever, so whatever was published once can be read.
 *
 * @param releases the oldest first
 */
export function brokenPromises(now: Release, releases: readonly Release[]): string[] {
  const bound = releases.filter(({ version }) => isSameMajor(version, now.version))
  const newest = bound.at(-1)
  return [
    ...bound.flatMap((release) => told(release, brokenByMajor(release.promises, now.promises))),
    ...releases.flatMap((release) => told(release, unreadable(release.promises, now.promises))),
    ...(newest ? told(newest, askedTooEarly(newest.promises, now.promises)) : []),
  ]
}

/** What is new since a release and may surprise those who do not expect it: values, members of unions, options. */
export const additions = (now: Promises, before: Promises): string[] =>
  added(schemaOf(textOf(before, 'schema.graphql')), schemaOf(textOf(now, 'schema.graphql')))

const told = ({ version }: Release, flaws: readonly string[]) =>
  flaws.map((flaw) => `${flaw} [promised by ${version}]`)

/** What only another major may do. */
function brokenByMajor(before: Promises, now: Promises): string[] {
  return [
    ...takenBack(schemaOf(textOf(before, 'schema.graphql')), schemaOf(textOf(now, 'schema.graphql'))).map(
      (flaw) => `schema.graphql: ${flaw}`,
    ),
    ...lostCodes(before, now).map((code) => `errors.json: ${code} is told no more`),
    ...lostForRouters(before, now),
    ...unansweredCallers(before, now),
    ...refusedBySubscribers(before, now),
  ]
}

function lostCodes(before: Promises, now: Promises): string[] {
  const codes: string[] = JSON.parse(textOf(now, 'errors.json'))
  return (JSON.parse(textOf(before, 'errors.json')) as string[]).filter((code) => !codes.includes(code))
}

function lostForRouters(before: Promises, now: Promises): string[] {
  const present = below(now, 'subgraphs')
  return [...below(before, 'subgraphs')].flatMap(([name, text]) => {
    const its = present.get(name)
    if (!its) return [`subgraphs/${name}.graphql: routers that ask it find nobody`]
    return missedByRouters(text, its).map((flaw) => `subgraphs/${name}.graphql: ${flaw}`)
  })
}

/** Documents of callers of an earlier release that the callee does not answer any more. */
const unansweredCallers = (before: Promises, now: Promises) => documents(before, now)

/** Documents of ours that the callee of the release before does not answer yet. */
const askedTooEarly = (before: Promises, now: Promises) =>
  documents(now, before).map(
    (flaw) => `${flaw} (ask for it in the next release: in a roll-out, replicas of this one are asked)`,
  )

function documents(callers: Promises, callees: Promises): string[] {
  const schemas = below(callees, 'subgraphs')
  return [...below(callers, 'documents')].flatMap(([call, document]) => {
    const [, callee = ''] = call.split('-to-')
    const schema = schemas.get(callee)
    const flaws = schema ? unanswered(document, schema) : ['there is no such subgraph']
    return flaws.map((flaw) => `documents/${call}.graphql: ${flaw}`)
  })
}

/** Events that subscribers of an earlier release would not take in, or wait for in vain. */
function refusedBySubscribers(before: Promises, now: Promises): string[] {
  const present = events(now)
  return [...events(before)].flatMap(([type, { accepted }]) => {
    const published = present.get(type)?.published
    if (!published) return [`events/${type}.json: it is published no more`]
    return refusals(published, accepted).map((flaw) => `events/${type}.json: subscribers: ${flaw}`)
  })
}

/** Events that lie in streams and that ours would not take in. */
function unreadable(before: Promises, now: Promises): string[] {
  const present = events(now)
  return [...events(before)].flatMap(([type, { published }]) => {
    const accepted = present.get(type)?.accepted
    const flaws = accepted ? refusals(published, accepted) : []
    return flaws.map((flaw) => `events/${type}.json: those of before: ${flaw}`)
  })
}

const events = (promises: Promises): Map<string, EventPromise> =>
  new Map([...below(promises, 'events')].map(([type, text]) => [type, JSON.parse(text)]))

function textOf(promises: Promises, path: string): string {
  const text = promises[path]
  if (text === undefined) throw new Error(`there is no ${path}`)
  return text
}
