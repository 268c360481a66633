import { v7 } from 'uuid'
import { createCommands } from '../application/commands.ts'
import { createRecovery, type RefusedRefund, type Setback } from '../application/recovery.ts'
import type { Intent } from '../domain/payment.ts'
import { anIntent } from './examples.ts'
import { fakePayments } from './fake-payments.ts'
import { fakeProvider } from './fake-provider.ts'

export type UnderTest = ReturnType<typeof underTest>

/** The application on fakes, with one attempt to test on. Two approvals may be under way. */
export function underTest() {
  const store = fakePayments()
  const provider = fakeProvider()
  const setbacks: Setback[] = []
  const alarms: RefusedRefund[] = []
  const attemptId = v7()
  const ports = { payments: store.payments, provider: provider.provider, now: () => under.clock, newId: v7 }
  const commands = createCommands(ports, { chargeWithinMs: 3_000, mostApprovals: 2 }, () => {})
  const recovery = createRecovery(ports, {
    chargeWithinMs: 3_000,
    report: (setback) => void setbacks.push(setback),
    alarm: (refused) => void alarms.push(refused),
  })

  const under = {
    store,
    provider,
    commands,
    setbacks,
    alarms,
    attemptId,
    /** What time it is; stands still unless a test moves it. */
    clock: Date.now(),
    approve: (changes: Partial<Intent> = {}) => commands.approve(attemptId, anIntent(changes)),
    state: async () => (await store.payments.byAttempt(attemptId))?.payment.state,
    announced: () => store.announcements.map(({ contract }) => contract.type),
    /** Lets the worker do all that is to be done, as if every pause were over. */
    async recover(): Promise<void> {
      for (let pass = 0; pass < 5; pass += 1) {
        store.letPausesPass()
        await recovery.work()
      }
    },
  }
  return under
}
