import { expect, test } from 'vitest'
import { folderOf } from './build.ts'
import { goPrograms } from './versions.ts'

test('a program that is built in another way, or of another version, is another one in the cache', () => {
  const { etcd } = goPrograms
  const folders = [
    folderOf('etcd', etcd),
    folderOf('etcd', { ...etcd, version: 'v3.6.17' }),
    folderOf('etcd', { ...etcd, tags: 'other' }),
    folderOf('etcd', { ...etcd, packages: {} }),
  ]
  expect(new Set(folders).size).toBe(folders.length)
  expect(folderOf('etcd', { ...etcd })).toBe(folders[0])
})
