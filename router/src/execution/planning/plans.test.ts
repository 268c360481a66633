import { getOperationAST, type OperationDefinitionNode, parse } from 'graphql'
import { expect, test, vi } from 'vitest'
import { zoo } from '../testing/zoo.ts'
import { createPlanner, type Planned } from './planner.ts'
import { createPlans, operationsOf } from './plans.ts'

const planner = createPlanner(zoo())

function start(bytes = 1e6) {
  const compile = vi.fn(({ prepared }: Planned) => prepared.asked.operation.name?.value ?? 'nameless')
  return { compile, plans: createPlans(planner, compile, bytes) }
}

function known(id: string, text: string, name?: string) {
  const document = parse(text)
  return { id, document, operation: getOperationAST(document, name) as OperationDefinitionNode }
}

test('an operation is planned and compiled once, each of a document by itself', () => {
  const { plans, compile } = start()
  const text = 'query A { me { id } } query B { me { name } }'
  expect(plans.get(known('d1', text, 'A'), {})).toBe('A')
  expect(plans.get(known('d1', text, 'B'), {})).toBe('B')
  expect(plans.get(known('d1', text, 'A'), {})).toBe('A')
  expect(compile).toHaveBeenCalledTimes(2)
})

test('plans are kept as long as there is memory, the least used are forgotten', () => {
  const { plans } = start(100_000)
  for (let index = 0; index < 50; index += 1)
    plans.get(known(`d${index}`, `query Q${index} { me { id } }`), {})
  const ids = plans.known().map(({ known: { id } }) => id)
  expect(ids[0], 'the last used first').toBe('d49')
  expect(ids.length).toBeGreaterThan(2)
  expect(ids.length).toBeLessThan(20)
})

test('what is known is planned ahead; what is not of this schema, or no document, is left out', async () => {
  const { plans, compile } = start()
  const documents = new Map([
    ['one', 'query One { me { id } }'],
    ['gone', 'query Gone { noSuchField }'],
    ['broken', 'query {'],
    ['two', 'query Two { me { name } }'],
  ])
  await plans.warm(operationsOf(documents))
  expect(compile).toHaveBeenCalledTimes(2)
  expect(plans.known().map(({ known: { id } }) => id)).toEqual(['one', 'two'])
})

test('an operation is planned for each way in which its variables skip something', async () => {
  const { plans, compile } = start()
  const text =
    'query A($on: Boolean! $off: Boolean = true) { me { id @include(if: $on) name @skip(if: $off) } }'
  const document = parse(text)
  for (const on of [true, false, true]) plans.get(known('d1', text), { on })
  plans.get(known('d1', text), { on: true, off: true })
  expect(compile).toHaveBeenCalledTimes(2)
  plans.get(known('d1', text), { on: true, off: false })
  expect(compile).toHaveBeenCalledTimes(3)
  expect(() => plans.get(known('d1', text), { on: null })).toThrow('$on')

  const ahead = start()
  await ahead.plans.warm(operationsOf(new Map([['d1', text]])))
  expect(ahead.compile).toHaveBeenCalledTimes(4)
  ahead.plans.get({ id: 'd1', document, operation: known('d1', text).operation }, { on: false, off: false })
  expect(ahead.compile).toHaveBeenCalledTimes(4)
})
