import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { check } from '../../invariants/checks.ts'
import { readFacts } from '../../invariants/facts.ts'
import { ROOT } from '../../system/client.ts'
import { quiet } from '../quiescence.ts'
import { keepDoing } from './guests.ts'
import { type Promised, seconds } from './promise.ts'

const readersAtATime = 6
const rebuilds = 3
const guests = 40
const page = '{ myPage { guest { bookings(first: 100) { edges { node { bookingId } } } } } }'
type Page = { guest: { bookings: { edges: { node: { bookingId: string } }[] } } }

/** My Page is built anew while it is read and bookings go on: no read fails, none shows less than the one before. */
export const pageRebuilt: Promised = {
  name: 'promises: my page rebuilt while it is read',
  async tryIt({ stage, guests: asking }) {
    await asking.roomsFor(3_000)
    await quiet(stage)
    const shown = new Map<string, Set<string>>()
    let reads = 0
    let failed = 0
    let halfBuilt = 0
    const reading = keepDoing(readersAtATime, 5, async (worker) => {
      const guest = `guest${1 + ((reads * readersAtATime + worker) % guests)}`
      const { data } = await asking.ask(guest, page)
      reads += 1
      const edges = (data?.myPage as Page | null)?.guest.bookings.edges
      if (!edges) {
        failed += 1
        return
      }
      const now = new Set(edges.map(({ node }) => node.bookingId))
      // A guest's own reads may overtake each other: only what an earlier answer has shown must still be there.
      const before = shown.get(guest) ?? new Set()
      if (now.size < 100 && ![...before].every((id) => now.has(id))) halfBuilt += 1
      shown.set(guest, now)
    })
    const booking = keepDoing(2, 50, async () => void (await asking.insist(asking.intent())))
    const began = Date.now()
    let told = ''
    for (let number = 0; number < rebuilds; number += 1) {
      const command = join(ROOT, 'tools/mypage-rebuild.ts')
      const args = [command, '--data-dir', stage.system.record.dataDir]
      const { stdout } = await promisify(execFile)(process.execPath, args)
      told = stdout.trim()
    }
    const took = Date.now() - began
    await Promise.all([reading.stop(), booking.stop()])
    await quiet(stage)
    const findings = check(await readFacts(stage.system.record))
    const violations = findings.find(({ invariant }) => invariant === 'I7')?.violations.length ?? 0
    const measured =
      `${rebuilds} times in ${seconds(took)} (${told}); of ${reads} reads ${failed} failed and ${halfBuilt} showed less ` +
      `than before; ${violations} differences from the sources afterwards`
    const holds = failed === 0 && halfBuilt === 0 && violations === 0
    return [
      {
        promise: 'My Page rebuilt while it is read',
        measured,
        limit: '0 failed, 0 half-built, equal to the sources',
        holds,
      },
    ]
  },
}
