import { expect, it } from 'vitest'
import { subjectToken, toHeaders } from './jetstream.ts'
import { asRead, keptMessages, now } from './testing/promises.ts'

it.each(keptMessages)('messages of $version are read as the events that they are', ({ messages }) => {
  for (const message of messages) {
    const { headers, data, subject } = message
    const event = asRead(message)
    expect(event).toEqual({
      id: headers['ce-id'],
      context: headers['ce-source']?.replace('/myhotel/', ''),
      aggregateId: headers['ce-subject'],
      version: Number(headers['aggregate-version']),
      type: headers['ce-type'],
      schemaVersion: Number(headers['schema-version']),
      time: headers['ce-time'],
      correlationId: headers['correlation-id'],
      traceparent: headers.traceparent,
      data,
    })
    expect(subject).toBe(`${event.context}.${event.aggregateId}`)
  }
})

it('events are published as messages of this form', () => {
  const { messages = [] } = keptMessages.find(({ version }) => version === now) ?? {}
  for (const message of messages) {
    const event = asRead(message)
    const headers = toHeaders(event)
    expect(Object.fromEntries([...headers].map(([name, values]) => [name, values.join()]))).toEqual(
      message.headers,
    )
    expect(`${event.context}.${subjectToken(event.aggregateId)}`).toBe(message.subject)
  }
  expect(messages.length).toBeGreaterThan(0)
})
