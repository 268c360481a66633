import { expect, test } from 'vitest'
import { createLine, fetchesOf } from './line.ts'
import { createPlanner } from './planning/planner.ts'
import { plan } from './testing/plan.ts'
import { zoo } from './testing/zoo.ts'

/** The event loop comes round so often. */
async function turns(count: number) {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Work that goes on until it is told to end, on an event loop whose turns take so many milliseconds. */
function start(fetchesAtOnce: number, turnMs = 0.04) {
  let turns = 0
  const line = createLine(fetchesAtOnce, () => {
    turns += 1
    return turns * turnMs
  })
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<string>>()
  function ask(name: string, fetches: number) {
    const end = Promise.withResolvers<string>()
    ends.set(name, end)
    return line.inTurn(fetches, (told: string) => {
      begun.push(told)
      return end.promise
    })(name)
  }
  const end = (name: string) => ends.get(name)?.resolve(`${name} is done`)
  return { ask, begun, end, fail: (name: string) => ends.get(name)?.reject(new Error(name)) }
}

test('what has room goes on at once, and hands on what it is given and what comes of it', async () => {
  const { ask, begun, end } = start(4)
  const asked = ask('one', 3)
  void ask('two', 1)
  expect(begun).toEqual(['one', 'two'])
  end('one')
  await expect(asked).resolves.toBe('one is done')
})

test('what has no room begins one by one when there is nothing else to do, in the order in which it came', async () => {
  const { ask, begun } = start(4)
  for (const name of ['one', 'two', 'three', 'four']) void ask(name, 3)
  expect(begun).toEqual(['one'])
  await turns(4)
  expect(begun, 'too short a moment').toEqual(['one'])
  await turns(4)
  expect(begun).toEqual(['one', 'two'])
  // It would have room, were it not for those before it.
  void ask('small', 1)
  expect(begun).not.toContain('small')
  await turns(40)
  expect(begun).toEqual(['one', 'two', 'three', 'four', 'small'])
})

test('what has no room waits while there is something to do', async () => {
  const { ask, begun, end } = start(4, 1)
  const first = ask('one', 3)
  void ask('two', 3)
  await turns(40)
  expect(begun).toEqual(['one'])
  end('one')
  await first
  expect(begun).toEqual(['one', 'two'])
})

test.each(['end', 'fail'] as const)('what comes to its %s makes room', async (how) => {
  const { ask, begun, ...others } = start(4)
  const first = ask('one', 4).catch(String)
  void ask('two', 2)
  void ask('three', 2)
  void ask('four', 4)
  others[how]('one')
  await first
  expect(begun, 'before the event loop has come round').toEqual(['one', 'two', 'three'])
})

test('what is larger than all the room waits for a turn, not for ever', async () => {
  const { ask, begun, end } = start(4)
  void ask('huge', 100)
  expect(begun).toEqual(['huge'])
  void ask('next', 1)
  end('huge')
  await turns(20)
  expect(begun).toEqual(['huge', 'next'])
})

test('the fetches of a plan are counted wherever they are', () => {
  const planner = createPlanner(zoo())
  const fetches = (text: string) => fetchesOf(plan(planner, text).plan)
  expect(fetches('{ __typename }')).toBe(0)
  expect(fetches('{ me { id } }')).toBe(1)
  expect(fetches('{ me { sold { id } } badge { colour } }'), 'one after the other, and at once').toBe(3)
  expect(fetches('{ me { sold @skip(if: true) { id } } }'), 'without what is skipped').toBe(1)
})
