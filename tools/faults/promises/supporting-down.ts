import { quiet } from '../quiescence.ts'
import { paced } from './guests.ts'
import { type Promised, percentile, seconds } from './promise.ts'

const supporting = ['nats', 'redis', 'notification', 'marketing', 'mypage']
const bookingsASecond = 20
const downForMs = 20_000

/** I9: all that a booking does not need is down at once; guests do not notice. */
export const supportingDown: Promised = {
  name: 'promises: what bookings do not need is down',
  async tryIt({ stage, guests, count }) {
    const downMs = Math.max(4_000, downForMs * Math.min(1, count / 10_000))
    await guests.roomsFor((bookingsASecond * downMs) / 1_000 + 100)
    await quiet(stage)
    await Promise.all(supporting.map((name) => stage.system.stop(name)))
    const kinds: (string | null)[] = []
    const times: number[] = []
    await paced(bookingsASecond, downMs, async () => {
      const { kind, ms } = await guests.book(guests.intent())
      kinds.push(kind)
      times.push(ms)
    })
    await Promise.all(supporting.map((name) => stage.system.start(name)))
    await Promise.all(supporting.map((name) => stage.system.waitReady(name)))
    const took = await quiet(stage)
    const failed = kinds.filter((kind) => kind !== 'RoomBooked').length
    const measured =
      `${failed} of ${kinds.length} bookings failed in ${seconds(downMs)} (99 % answered within ` +
      `${percentile(times, 0.99)} ms); everything was caught up ${seconds(took)} after all were ready again`
    const promise = 'NATS, Redis, notification, marketing and mypage down at once: bookings'
    return [{ promise, measured, limit: '0 failed', holds: failed === 0 }]
  },
}
