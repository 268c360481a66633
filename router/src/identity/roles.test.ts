import { expect, test } from 'vitest'
import { rolesIn } from './roles.ts'

test.each<[string, Record<string, unknown>, string[]]>([
  ['roles', { roles: ['host', 'guest'] }, ['guest', 'host']],
  ['realm_access.roles', { realm_access: { roles: ['host', 'offline_access'] } }, ['host']],
  [
    'resource_access.myhotel.roles',
    { resource_access: { myhotel: { roles: ['agent'] }, other: { roles: ['host'] } } },
    ['agent'],
  ],
  ['https://myhotel.example/roles', { 'https://myhotel.example/roles': ['agent'] }, ['agent']],
  ['cognito:groups', { 'cognito:groups': ['guest'] }, ['guest']],
  ['scope', { scope: 'openid guest' }, ['guest']],
])('are read from the claim %s', (claim, claims, roles) => {
  expect(rolesIn(claims, claim)).toEqual(roles)
})

test.each<[string, Record<string, unknown>]>([
  ['roles', { roles: ['service', 'admin', 'Agent'] }],
  ['roles', { roles: { agent: true } }],
  ['roles', { roles: [['agent']] }],
  ['roles', { roles: null }],
  ['roles', {}],
  ['constructor.name', {}],
  ['__proto__.roles', {}],
  ['roles.0', { roles: 'agent' }],
])('of others, and what is no list of roles, mean nothing: %s %j', (claim, claims) => {
  expect(rolesIn(claims, claim)).toEqual([])
})
