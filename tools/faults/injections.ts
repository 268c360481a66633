import { diskFull } from './injections/disks.ts'
import type { Fault } from './injections/fault.ts'
import { providerFaults, weathers } from './injections/lines.ts'
import { allSupportingDown, clockOff, frozen, killed, overslept } from './injections/processes.ts'
import { redisEmptied, streamFaults } from './injections/stored.ts'
import { versionsSideBySide } from './injections/versions.ts'

/**
 * Faults that are put into the running system at the same time: those of a lane one after the other, the lanes side
 * by side, as they do not touch each other. After a group the system has to come to rest and be right.
 */
export type Group = {
  readonly name: string
  /** Only what bookings do not need is hit: none may fail (I9). */
  readonly isolated?: boolean
  /** How many people act at a time meanwhile, where that is to be fewer. */
  readonly workers?: number
  readonly lanes: readonly (readonly Fault[])[]
  /** About how many seconds all lanes take to go through their faults once. */
  readonly roundSeconds: number
}

export type PlanOptions = {
  /** The commit that the older replicas run; unless told, the last one that changed the databases. */
  older?: string
}

/**
 * Every random fault. The isolated ones come first: a breaker that is still open from another fault would be theirs.
 * First of all the streams, with few guests, because whatever was ever published comes again each time.
 */
export const plan = ({ older }: PlanOptions = {}): readonly Group[] => [
  { name: 'streams', isolated: true, workers: 3, roundSeconds: 14, lanes: [streamFaults] },
  {
    name: 'NATS and Redis',
    isolated: true,
    roundSeconds: 16,
    lanes: [
      [killed('nats'), frozen('nats', 2_000, 8_000), ...weathers('nats')],
      [killed('redis'), redisEmptied, frozen('redis', 2_000, 8_000), ...weathers('redis')],
    ],
  },
  {
    name: 'the disk of NATS, and who reads events',
    isolated: true,
    roundSeconds: 18,
    lanes: [
      [diskFull('nats')],
      ...['mypage', 'notification', 'marketing'].map((name) => [killed(name), overslept(name)]),
    ],
  },
  { name: 'all supporting parts at once', isolated: true, roundSeconds: 6, lanes: [[allSupportingDown]] },
  {
    name: 'book and payment',
    roundSeconds: 30,
    lanes: [
      [killed('book'), overslept('book'), clockOff('book', 1), clockOff('book', -1)],
      [killed('payment'), overslept('payment'), clockOff('payment', 1), clockOff('payment', -1)],
    ],
  },
  {
    name: 'room, router and the way to the payment provider',
    roundSeconds: 18,
    lanes: [
      [killed('room'), overslept('room')],
      [killed('router'), ...weathers('payment')],
      [...providerFaults, ...weathers('provider')],
    ],
  },
  {
    name: 'PostgreSQL',
    roundSeconds: 18,
    lanes: [
      [killed('postgres'), frozen('postgres', 2_000, 8_000), ...weathers('postgres'), diskFull('postgres')],
    ],
  },
  { name: 'versions', roundSeconds: 14, lanes: [[versionsSideBySide(older)]] },
]
