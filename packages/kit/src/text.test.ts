import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql'
import { expect, it } from 'vitest'
import { refuseWhatIsNoText } from './text.ts'

function createSchema(): GraphQLSchema {
  const schema = buildSchema(`
    scalar _Any
    type Query { find(text: String, tags: [String!], n: Int): Int any(of: [_Any!]!): Int none(n: Int): Int }
    type Mutation { say(input: Said!): SayResult! }
    input Said { text: String! place: Place and: Said }
    input Place { name: ID }
    union SayResult = Heard | InvalidInput
    type Heard { text: String! }
    type InvalidInput { code: String! message: String! field: String! }`)
  const { find, any } = schema.getQueryType()!.getFields()
  find!.resolve = any!.resolve = () => 1
  schema.getMutationType()!.getFields().say!.resolve = (_, { input }) => ({ __typename: 'Heard', ...input })
  refuseWhatIsNoText(schema)
  return schema
}

const schema = createSchema()
const ask = async (query: string, variableValues: Record<string, unknown>) =>
  execute({ schema, document: parse(query), variableValues })
const say = async (input: object) => {
  const mutation = `mutation ($input: Said!) { say(input: $input) {
    __typename ... on Heard { text } ... on InvalidInput { code message field } } }`
  return (await ask(mutation, { input })).data?.say
}

it.each([
  ['empty', ''],
  ['lines and tabs', 'one\r\n\ttwo'],
  ['every script', 'Ærø 서울 עברית 🏡 e\u0301'],
  ['marks that turn text around', '\u202e\u2066'],
  ['marks without number', 'a\u0301'.repeat(10_000)],
  ['64 KiB', '€'.repeat(21_845)],
])('keeps text as it came: %s', async (_, text) => {
  expect(await say({ text })).toEqual({ __typename: 'Heard', text })
})

it.each([
  ['NUL', 'a\0b'],
  ['escape', '\u001b[31m'],
  ['a control character of Latin 1', '\u0085'],
  ['half a character', 'half \ud83d'],
  ['the other half', '\udc00'],
  ['more than 64 KiB', '€'.repeat(21_846)],
])('refuses what is no text: %s', async (_, text) => {
  expect(await say({ text })).toMatchObject({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    field: 'text',
  })
  const deep = await say({ text: '', and: { text: '', place: { name: text } } })
  expect(deep).toMatchObject({ __typename: 'InvalidInput', field: 'name' })
  const { data, errors } = await ask('query ($tags: [String!]) { find(tags: $tags) }', { tags: ['a', text] })
  expect(data).toEqual({ find: null })
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'tags' } }])
})

it('looks into what no schema describes, however deep it is', async () => {
  const any = (value: unknown) => ask('query ($of: [_Any!]!) { any(of: $of) }', { of: [value] })
  let nested: unknown = { id: 'a\0' }
  for (let depth = 0; depth < 100_000; depth += 1) nested = [nested]
  expect((await any(nested)).errors).toMatchObject([{ extensions: { field: 'id' } }])
  expect((await any({ id: 'a' })).data).toEqual({ any: 1 })
})
