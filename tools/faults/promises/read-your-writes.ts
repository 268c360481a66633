import { mapAtATime } from '../../api/client.ts'
import { type Promised, percentile } from './promise.ts'

const guestsAtATime = 24
const mostTold = 0.01
const page = '{ myPage { guest { bookings(first: 100) { edges { node { bookingId } } } } } }'
type Page = { guest: { bookings: { edges: { node: { bookingId: string } }[] } } }

/** bookRoom, and at once My Page: it shows the booking, or says that it could not. */
export const readYourWrites: Promised = {
  name: 'promises: read your writes',
  async tryIt({ guests, count, tell }) {
    await guests.roomsFor(count * 1.2)
    const seen = { shown: 0, told: 0, missing: 0, unanswered: 0 }
    const waits: number[] = []
    let unbooked = 0
    const began = Date.now()
    await mapAtATime(Array.from({ length: count }), guestsAtATime, async () => {
      const intent = guests.intent()
      const { id } = await guests.insist(intent)
      if (!id) {
        unbooked += 1
        return
      }
      const answer = await guests.ask(intent.guest, page)
      waits.push(answer.ms)
      const shown = (answer.data?.myPage as Page | null)?.guest.bookings.edges
      const behind = (answer.extensions.myPage as { behind?: string[] } | undefined)?.behind
      if (!shown) seen.unanswered += 1
      else if (shown.some(({ node }) => node.bookingId === id)) seen.shown += 1
      else seen[behind ? 'told' : 'missing'] += 1
      const looks = seen.shown + seen.told + seen.missing + seen.unanswered
      if (looks % 1_000 === 0) tell(`${looks} looks at My Page: ${JSON.stringify(seen)}`)
    })
    const rate = (1_000 * count) / (Date.now() - began)
    const could = count - seen.shown
    const measured =
      `of ${count} looks ${seen.shown} showed it, ${seen.told} said that they are behind, ${seen.unanswered} were not ` +
      `answered, ${seen.missing} missed it silently, ${unbooked} were not booked; ${rate.toFixed(0)} bookings a second; ` +
      `My Page took ${percentile(waits, 0.5)} ms (median), ${percentile(waits, 0.99)} ms (99 %)`
    const holds = seen.missing === 0 && unbooked === 0 && could <= count * mostTold
    return [
      {
        promise: 'bookRoom, then at once myPage',
        measured,
        limit: '0 silently missing, at most 1 % said so',
        holds,
      },
    ]
  },
}
