import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { createPlanner } from '../planning/planner.ts'
import { zoo } from '../testing/zoo.ts'
import { compileShape } from './shape.ts'

const planner = createPlanner(zoo())
const shaped = (query: string, result: object, variables = {}) =>
  compileShape(planner.plan(parse(query), undefined).operation)(result as Record<string, unknown>, variables)

test('the client’s fields in the client’s order, and nothing that was fetched on the way', () => {
  const me = { __typename: 'Keeper', name: 'Ann', id: 'k1', badge: { code: 'c' } }
  const { data, faults } = shaped('{ me { id called: name name } }', {
    me: { ...me, called: 'Ann' },
    rest: 1,
  })
  expect(JSON.stringify(data)).toBe('{"me":{"id":"k1","called":"Ann","name":"Ann"}}')
  expect(faults).toEqual([])
})

test('a null that must not be makes null of what contains it, and is told once', () => {
  const visits = [{ at: '2027-02-28', note: null }, { at: null }]
  expect(shaped('{ visits { at note } }', { visits })).toEqual({
    data: { visits: [{ at: '2027-02-28', note: null }, null] },
    faults: [{ message: 'Cannot return null for non-nullable field Visit.at.', path: ['visits', 1, 'at'] }],
  })
})

test('a list in place of an object has no fields, not even those that every list has', () => {
  const { data, faults } = shaped('{ visits { at } }', { visits: [[]] })
  expect(data).toEqual({ visits: [null] })
  expect(faults).toMatchObject([{ path: ['visits', 0, 'at'] }])
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
