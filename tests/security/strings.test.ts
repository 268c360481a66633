import { eventually } from '@myhotel/kit/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { mapAtATime } from '../../tools/api/client.ts'
import { bookRoom, registerRoom } from '../system/hotel.ts'
import { examples, makeWorld, onSomethingNew } from './examples.ts'
import { bigList, nasty } from './naughty.ts'
import { fieldOf, nameOf, operationFor, type TextInput, textInputs } from './public-api.ts'
import { client, recordOfTarget } from './target.ts'
import { staysUnharmed } from './unharmed.ts'

let made: Awaited<ReturnType<typeof makeWorld>>
beforeAll(async () => {
  made = await makeWorld()
})

/** Accepted and told to nobody. */
const notShown = new Set([
  'Mutation.bookRoom(input.idempotencyKey)',
  'Mutation.bookRoom(input.paymentMethod)',
  'Mutation.deleteRoomAsAgent(reason)',
  'Mutation.unsubscribeFromPush(endpoint)',
])

/** Lines, whose ends are cut; amenities are told in lower case. */
const kept: Record<string, (text: string) => string> = {
  name: (text) => text.trim(),
  city: (text) => text.trim(),
  country: (text) => text.trim(),
  address: (text) => text.trim(),
  amenities: (text) => text.trim().toLowerCase(),
}

const clientErrors = ['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED']

/** Puts `text` in its place in a good request. */
async function tryOut(input: TextInput, text: string, world: typeof made) {
  const example = await examples[input.field]?.(world)
  if (!example) throw new Error(`examples.ts has no example of ${input.field}`)
  const { text: query, start } = operationFor(input.field)
  const around = start === input.field ? {} : (await examples[start]?.(world))?.args
  const variables = structuredClone({ ...around, ...example.args })
  replace(variables, input, text)
  return client.send(example.account, query, variables)
}

function replace(variables: object, input: TextInput, text: string) {
  const holder = input.path
    .slice(0, -1)
    .reduce<unknown>((value, step) => Reflect.get(value as object, step), variables)
  const last = input.path.at(-1) ?? ''
  if (typeof holder !== 'object' || holder === null || !Reflect.has(holder, last))
    throw new Error(`examples.ts leaves out ${nameOf(input)}`)
  Reflect.set(holder, last, text)
}

/** What is wrong with the answer to a string, if anything. */
function flawOf(
  input: TextInput,
  text: string,
  { status, data, errors }: Awaited<ReturnType<typeof tryOut>>,
) {
  const names = input.path.filter((step) => step !== '0')
  if (errors) {
    const [{ message, extensions }] = errors as [(typeof errors)[0]]
    const isTyped = [200, 400].includes(status) && clientErrors.includes(extensions.code)
    if (!isTyped) return `${status} ${extensions.code} ${message}`
    return names.some((name) => extensions.field === name || message.includes(name))
      ? undefined
      : `names no field: ${message}`
  }
  const [answer] = Object.values(data as object)
  if (answer?.field && !names.includes(answer.field)) return `blames ${answer.field}`
  const isMutation = input.field.startsWith('Mutation.')
  const isRefused = answer?.code !== undefined || answer?.__typename === 'BookingInProgress'
  if (isRefused || !isMutation || input.scalar !== 'String' || notShown.has(nameOf(input))) return
  const expected = kept[names.at(-1) ?? '']?.(text) ?? text
  if (expected.trim() !== '' && !stringsIn(answer).includes(expected))
    return 'was accepted, and does not come back'
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

async function flaws(input: TextInput, texts: readonly string[], renew: boolean): Promise<string[]> {
  const found = await mapAtATime(texts, 12, async (text) => {
    const anew = renew ? onSomethingNew[input.field] : undefined
    const answer = await tryOut(input, text, anew ? await anew(made) : made)
    const flaw = flawOf(input, text, answer)
    return flaw ? [`${JSON.stringify(text.slice(0, 60))}: ${flaw}`] : []
  })
  return found.flat()
}

describe('every string that a client can send is kept as it is, or is refused by the name of its field', () => {
  it.each(textInputs.map((input) => [nameOf(input), input] as const))('%s', async (_, input) => {
    expect(await flaws(input, Object.values(nasty), true)).toEqual([])
    const found = await flaws(input, bigList, false)
    // What was done first is the answer to all that comes later, so here it cannot come back.
    const isFirst = onSomethingNew[input.field] !== undefined
    expect(found.filter((flaw) => !(isFirst && flaw.endsWith('does not come back')))).toEqual([])
  })

  it('leaves no field out that takes a string', () => {
    const takeStrings = new Set(textInputs.map(({ field }) => field))
    expect(Object.keys(examples).sort()).toEqual([...takeStrings].sort())
    for (const field of takeStrings) expect(fieldOf(field).args.length).toBeGreaterThan(0)
  })
})

type Mail = { to: string[]; subject: string; text: string; html: string; headers: Record<string, string> }

async function mailsTo(account: string): Promise<Mail[]> {
  const url = new URL('/messages', recordOfTarget().mail ?? '')
  url.searchParams.set('to', `${account}@myhotel.example`)
  return (await fetch(url)).json() as Promise<Mail[]>
}

describe('what people write arrives in mails', () => {
  it('as text: HTML in the name of a room stays a name', async () => {
    const name = nasty.HTML ?? ''
    const roomId = await registerRoom(client, 'host41', { name })
    await bookRoom(client, 'guest41', roomId)
    const mail = await eventually(async () =>
      (await mailsTo('guest41')).find(({ subject }) => subject.startsWith('You are booked')),
    )
    expect(mail.subject).toBe(`You are booked: ${name}`)
    expect(mail.text).toContain(name)
    expect(mail.html).toBe('')
    expect(mail.headers['content-type']).toMatch(/^text\/plain/)
  })

  it('literally, also what a reader of mail would decode', async () => {
    const name = `Cosy =?UTF-8?B?4oCuZXZpbA==?= =?iso-8859-1?q?=41?= 바다`
    const roomId = await registerRoom(client, 'host43', { name })
    await bookRoom(client, 'guest43', roomId)
    const mail = await eventually(async () =>
      (await mailsTo('guest43')).find(({ subject }) => subject.startsWith('You are booked')),
    )
    expect(mail.subject).toBe(`You are booked: ${name}`)
    expect(mail.text).toContain(name)
  })

  it('without the words of a complaint, in headers and body alike', async () => {
    const text = nasty['lines that would be mail headers'] ?? ''
    const filed = await client.one(
      'guest42',
      'mutation ($text: String!) { fileComplaint(input: {text: $text}) { __typename } }',
      { text },
    )
    expect(filed.__typename).toBe('ComplaintFiled')
    const mail = await eventually(async () => (await mailsTo('guest42'))[0])
    expect(mail.to).toEqual(['guest42@myhotel.example'])
    expect(Object.keys(mail.headers)).not.toContain('bcc')
    expect(mail.text).not.toContain('everyone@evil.example')
    expect(await mailsTo('everyone')).toEqual([])
  })
})

staysUnharmed()
