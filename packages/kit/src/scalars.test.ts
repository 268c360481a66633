import { buildSchema, type GraphQLScalarType, graphqlSync, isScalarType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { scalars } from './scalars.ts'

const schema = buildSchema(`
  scalar MinorUnits
  scalar Currency
  input MoneyInput { amount: MinorUnits! currency: Currency! }
  type Query { amount(of: MinorUnits): String code(of: Currency): String money(of: MoneyInput): String back(of: String!): MinorUnits }
`)
for (const name of ['MinorUnits', 'Currency'] as const) {
  const type = schema.getType(name)
  if (!isScalarType(type)) throw new Error(`${name} is no scalar`)
  const { parseValue, parseLiteral, serialize }: GraphQLScalarType = scalars[name]
  Object.assign(type, { parseValue, parseLiteral, serialize })
}
const text = ({ of }: { of: unknown }) => JSON.stringify(of)
const root = { amount: text, code: text, money: text, back: ({ of }: { of: string }) => JSON.parse(of) }

const ask = (source: string, variableValues: Record<string, unknown> = {}) =>
  graphqlSync({ schema, source, rootValue: root, variableValues })
const codesOf = ({ errors }: ReturnType<typeof ask>) => errors?.map(({ extensions }) => extensions.code)

const largest = 2 ** 53 - 1

describe('MinorUnits', () => {
  it.each([0, 1, -1, 2 ** 31, 2_250_000_000, largest, -largest])(
    'takes %d as variable and as literal',
    (amount) => {
      const answer = { data: { amount: String(amount) } }
      expect(ask('query ($of: MinorUnits) { amount(of: $of) }', { of: amount })).toEqual(answer)
      expect(ask(`{ amount(of: ${amount}) }`)).toEqual(answer)
      expect(ask('query ($of: String!) { back(of: $of) }', { of: String(amount) })).toEqual({
        data: { back: amount },
      })
    },
  )

  it.each([
    ...[
      1.5,
      2 ** 53,
      -(2 ** 53),
      2 ** 53 + 2,
      1e300,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      '1',
      '',
      'NaN',
      true,
    ],
    ...[[1, 2], {}, 12n],
  ])('refuses %o in a variable', (of) => {
    const alone = ask('query ($of: MinorUnits) { amount(of: $of) }', { of })
    const inside = ask('query ($of: MoneyInput) { money(of: $of) }', { of: { amount: of, currency: 'EUR' } })
    expect(codesOf(alone)).toEqual(['BAD_USER_INPUT'])
    expect(codesOf(inside)).toEqual(['BAD_USER_INPUT'])
  })

  it.each([
    '1.5',
    '1e3',
    '1.0',
    '9007199254740992',
    '-9007199254740992',
    '99999999999999999999',
    '"1"',
    'true',
    'EUR',
  ])('refuses the literal %s', (literal) => {
    expect(ask(`{ amount(of: ${literal}) }`).errors).toHaveLength(1)
    expect(codesOf(ask(`{ money(of: { amount: ${literal}, currency: "EUR" }) }`))).toEqual(['BAD_USER_INPUT'])
  })

  it.each(['1.5', '9007199254740992', '"1"', 'true', '{}'])('refuses %s in an answer', (of) => {
    const answer = ask('query ($of: String!) { back(of: $of) }', { of })
    expect(answer).toMatchObject({ data: { back: null } })
    expect(codesOf(answer), 'it is not the client who was wrong').toEqual([undefined])
  })
})

describe('Currency', () => {
  it.each(['EUR', 'JPY', 'KWD', 'CLF', 'IDR', 'XAF'])('takes %s', (of) => {
    expect(ask('query ($of: Currency) { code(of: $of) }', { of })).toEqual({ data: { code: `"${of}"` } })
  })

  it.each(['XXX', 'XTS', 'XAU', 'DEM', 'HRK', 'eur', 'Eur', 'EURO', ' EUR', '978', '', 978, true])(
    'refuses %j',
    (of) => {
      expect(codesOf(ask('query ($of: Currency) { code(of: $of) }', { of }))).toEqual(['BAD_USER_INPUT'])
      expect(codesOf(ask(`{ code(of: ${JSON.stringify(of)}) }`))).toEqual(['BAD_USER_INPUT'])
    },
  )
})
