import { expect, test } from 'vitest'
import { leftovers } from './snapshot.ts'

const before = { processes: ['postgres 12'], mounts: ['/ ext4'], files: ['/run/lock'] }

test('what was there before is not left behind, also where something of it has gone', () => {
  expect(leftovers(before, { ...before, processes: [] })).toEqual({})
})

test('what is new is told by its kind, in kinds that had nothing, too', () => {
  const after = {
    ...before,
    mounts: ['/ ext4', '/mnt overlay'],
    cgroups: ['/sys/fs/cgroup/cpu/myhotel-cluster'],
  }
  expect(leftovers(before, after)).toEqual({
    mounts: ['/mnt overlay'],
    cgroups: ['/sys/fs/cgroup/cpu/myhotel-cluster'],
  })
})
