import { getOperationAST, type OperationDefinitionNode, parse } from 'graphql'
import { expect, test, vi } from 'vitest'
import { zoo } from '../testing/zoo.ts'
import { createPlanner } from './planner.ts'
import { createPlans, operationsOf } from './plans.ts'

const planner = createPlanner(zoo())

function start(bytes = 1e6) {
  const compile = vi.fn(({ operation }: { operation: { name?: string } }) => operation.name ?? 'nameless')
  return { compile, plans: createPlans(planner, compile, bytes) }
}

function known(id: string, text: string, name?: string) {
  const document = parse(text)
  return { id, document, operation: getOperationAST(document, name) as OperationDefinitionNode }
}

test('an operation is planned and compiled once, each of a document by itself', () => {
  const { plans, compile } = start()
  const text = 'query A { me { id } } query B { me { name } }'
  expect(plans.get(known('d1', text, 'A'))).toBe('A')
  expect(plans.get(known('d1', text, 'B'))).toBe('B')
  expect(plans.get(known('d1', text, 'A'))).toBe('A')
  expect(compile).toHaveBeenCalledTimes(2)
})

test('plans are kept as long as there is memory, the least used are forgotten', () => {
  const { plans } = start(100_000)
  for (let index = 0; index < 50; index += 1) plans.get(known(`d${index}`, `query Q${index} { me { id } }`))
  const ids = plans.known().map(({ id }) => id)
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
  expect(plans.known().map(({ id }) => id)).toEqual(['one', 'two'])
})
