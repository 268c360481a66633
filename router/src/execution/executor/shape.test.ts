import { expect, test } from 'vitest'
import { createPlanner } from '../planning/planner.ts'
import { plan } from '../testing/plan.ts'
import { zoo } from '../testing/zoo.ts'
import { compileShape } from './shape.ts'

const planner = createPlanner(zoo())

function shaped(query: string, result: object) {
  const { shape } = compileShape(planner.apiSchema, plan(planner, query).prepared)
  return shape({ result: result as Record<string, unknown>, introspected: null, unknown: new Set() })
}

test('the client’s fields in the client’s order, and nothing that was fetched on the way', () => {
  const me = { __typename: 'Keeper', name: 'Ann', id: 'k1', badge: { code: 'c' } }
  const { data, faults } = shaped('{ me { id called: name name } }', {
    me: { ...me, _a0: 'Ann', called: 'not this' },
    rest: 1,
  })
  expect(JSON.stringify(data)).toBe('{"me":{"id":"k1","called":"Ann","name":"Ann"}}')
  expect(faults).toEqual([])
})

test('a null that must not be makes null of what contains it, and is told once', () => {
  const visits = [
    { at: '2027-02-28', note: null },
    { at: null, note: 'n' },
  ]
  expect(shaped('{ visits { at note } }', { visits })).toEqual({
    data: { visits: [{ at: '2027-02-28', note: null }, null] },
    faults: [{ message: 'Cannot return null for non-nullable field Visit.at.', path: ['visits', 1, 'at'] }],
  })
})

test('a list in place of an object is none, and has none of the fields that every list has', () => {
  const { data, faults } = shaped('{ visits { at } }', { visits: [[]] })
  expect(data).toEqual({ visits: [null] })
  expect(faults).toMatchObject([{ path: ['visits', 0] }])
})

test('a type and a value that clients cannot see are none', () => {
  const animals = [{ __typename: 'Ghost', id: 'g1' }]
  expect(shaped('{ animals { id } }', { animals }).data).toBe(null)
  const cat = { __typename: 'Cat', id: 'c1', mood: 'ANGRY' }
  expect(shaped('{ animal(id: "c1") { id mood } }', { animal: cat })).toEqual({
    data: { animal: { id: 'c1', mood: null } },
    faults: [{ message: 'Invalid value found for field Cat.mood.', path: ['animal', 'mood'] }],
  })
})

test('what nobody answered is told, and what a subgraph does not know is not', () => {
  const me = { __typename: 'Keeper', id: 'k1' }
  const { shape } = compileShape(planner.apiSchema, plan(planner, '{ me { id name } }').prepared)
  const found = { result: { me }, introspected: null }
  expect(shape({ ...found, unknown: new Set() }).faults).toMatchObject([
    { message: 'There is no answer for field Keeper.name.', path: ['me', 'name'] },
  ])
  expect(shape({ ...found, unknown: new Set([me]) })).toEqual({
    data: { me: { id: 'k1', name: null } },
    faults: [],
  })
})

test('what nobody answered is not told where its object is null for another field', () => {
  expect(shaped('{ animal(id: "c1") { id } animals { id } }', { animals: null })).toEqual({
    data: null,
    faults: [{ message: 'Cannot return null for non-nullable field Query.animals.', path: ['animals'] }],
  })
})

test('without its type an object of an interface is none, where its fields depend on that', () => {
  const animal = { __typename: 'Animal', id: 'c1', mood: 'GLAD' }
  expect(shaped('{ animal(id: "c1") { mood } }', { animal })).toEqual({
    data: { animal: { mood: 'GLAD' } },
    faults: [],
  })
  for (const query of [
    '{ animal(id: "c1") { mood ... on Cat { lives } } }',
    '{ animal(id: "c1") { __typename } }',
  ]) {
    const { data, faults } = shaped(query, { animal })
    expect(data).toEqual({ animal: null })
    expect(faults).toHaveLength(1)
  }
})

test('an integer is an ID, and a text to clients; beyond 32 bits it is no Int', () => {
  expect(shaped('{ me { id } }', { me: { id: 7 } }).data).toEqual({ me: { id: '7' } })
  const visits = [{ cost: { amount: 2 ** 31 } }, { cost: { amount: -(2 ** 31) } }]
  const { data, faults } = shaped('{ visits { cost { amount } } }', { visits })
  expect(data).toEqual({ visits: [null, { cost: { amount: -(2 ** 31) } }] })
  expect(faults).toHaveLength(1)
})
