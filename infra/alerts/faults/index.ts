import { databaseFaults as databases } from './databases.ts'
import type { Fault } from './fault.ts'
import { processFaults as processes } from './processes.ts'
import { thirdPartyFaults as thirdParties } from './third-parties.ts'

/** Faults that happen at the same time do not disturb each other's alerts; the next ones wait until all is well again. */
export const phases: readonly (readonly Fault[])[] = [
  [processes.nats, databases.closed],
  [
    ...[processes.mail, databases.consumer, databases.relay, databases.lost],
    ...[thirdParties.refund, processes.starved, processes.killed],
  ],
  [databases.rooms, databases.slowConsumer],
  [thirdParties.silent, thirdParties.event],
  [processes.payment, databases.lease, databases.busy],
]
