import { beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../../tools/system/client.ts'
import { rules } from './index.ts'
import { parse } from './kubectl.ts'
import type { Told } from './rule.ts'
import { readTold } from './told.ts'

let told: Told
beforeAll(async () => {
  told = await readTold(ROOT)
})

test.each(rules)('refuses what it is there for: $name', ({ flaws, refuses, says }) => {
  expect(flaws(parse(refuses), told)).toContain(says)
})
