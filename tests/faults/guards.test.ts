import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Clients, createClients, type Intent, inDays } from '../../tools/faults/client.ts'
import { createLog } from '../../tools/faults/log.ts'
import { quiet } from '../../tools/faults/quiescence.ts'
import { openStage, type Stage } from '../../tools/faults/stage.ts'
import { deliverAgain, restartWith } from '../../tools/faults/take-away.ts'
import { check } from '../../tools/invariants/checks.ts'
import { readFacts } from '../../tools/invariants/facts.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'myhotel-guards-'))
const books = ['book', 'book#2']
let stage: Stage
let clients: Clients
let rooms: string[]
let days = 10
let keys = 0

beforeAll(async () => {
  const env = { ATTEMPT_LEASE_MS: '4000', ATTEMPT_HOLD_MS: '10000' }
  stage = await openStage({ dataDir, replicas: { book: 2 }, env })
  clients = createClients(stage, createLog(join(dataDir, 'client.jsonl')).write)
  rooms = [await clients.register('host1', 'One'), await clients.register('host1', 'Two')]
})
afterAll(async () => {
  await stage?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** What a guest asks for; nights that nobody else has, unless told. */
function anIntent(changes: Partial<Intent> = {}): Intent {
  days += 3
  keys += 1
  const stay = { startDate: inDays(days), endDate: inDays(days + 2) }
  return {
    guest: 'guest1',
    key: `key-${keys}`,
    roomId: rooms[0]!,
    ...stay,
    method: 'pm_card_visa',
    ...changes,
  }
}

const violationsOf = async (invariant: string) =>
  check(await readFacts(stage.system.record)).find((finding) => finding.invariant === invariant)!.violations

/** Waits until the checker finds, of an invariant, what says this. */
const turnsRed = (invariant: string, saying: string) =>
  eventually(
    async () => expect(await violationsOf(invariant)).toContainEqual(expect.stringContaining(saying)) ?? true,
    { everyMs: 500 },
  )

const attemptOf = async ({ key }: Intent) => {
  const sql = `SELECT id::text, state FROM booking_attempt WHERE idempotency_key = '${key}'`
  return (await stage.sql<{ id: string; state: string }>('book', sql))[0]
}

const becomes = (intent: Intent, state: string) =>
  eventually(async () => (await attemptOf(intent))?.state === state, { everyMs: 200 })

/** Stops the book that is about to pass a failpoint with this guest's request; resolves when it stands still. */
async function freezeAt(failpoint: string, intent: Intent) {
  stage.arm('book', failpoint, 'SIGSTOP')
  void clients.once(intent)
  await eventually(() => !stage.isArmed('book', failpoint))
}
const thaw = () => {
  for (const process of books) stage.system.kill(process, 'SIGCONT')
}

describe('the checker', () => {
  it('finds nothing while all guards are there', async () => {
    const id = await clients.book(anIntent())
    await clients.cancel('guest1', id!)
    await quiet(stage)
    const findings = check(await readFacts(stage.system.record))
    expect(findings.flatMap(({ violations }) => violations)).toEqual([])
  })

  it('turns red without the outbox sweep: I8', async () => {
    await restartWith(stage, books, [
      {
        file: 'kit/src/outbox.ts',
        find: 'WHERE published_at IS NULL ORDER BY',
        replace: `WHERE published_at IS NULL AND occurred_at > now() - interval '8 seconds' ORDER BY`,
      },
    ])
    await stage.system.stop('nats')
    const lost = await clients.book(anIntent())
    const old = `SELECT 1 FROM outbox WHERE aggregate_id = '${lost}' AND occurred_at < now() - interval '9 seconds'`
    await eventually(async () => (await stage.sql('book', old)).length === 1)
    await stage.system.start('nats')
    await stage.system.waitReady('nats')
    const later = await clients.book(anIntent())
    const published = `SELECT 1 FROM outbox WHERE aggregate_id = '${later}' AND published_at IS NOT NULL`
    await eventually(async () => (await stage.sql('book', published)).length === 1)
    await turnsRed('I8', `book.${lost} is not published`)
    await restartWith(stage, books, [])
    await quiet(stage)
  })

  it('turns red without the inbox: I8', async () => {
    const find = '  const asked = events.map('
    const without = `  if (consumer) return new Map(events.map(({ id }) => [id, 'next' as const]))\n`
    await restartWith(stage, ['notification'], [{ file: 'kit/src/inbox.ts', find, replace: without + find }])
    const id = await clients.book(anIntent())
    await quiet(stage)
    await turnsRed('I8', `notification has book.${id} up to 0 of 1`)
    await restartWith(stage, ['notification'], [])
  })

  it('turns red without the version check in Lua: I8', async () => {
    const find = `lua\`, import.meta.url), 'utf8')`
    const without = `.replace(/if version <= present.*/, '').replace('if version > present + 1', 'if false')`
    await restartWith(
      stage,
      ['mypage'],
      [{ file: 'mypage/src/adapters/redis.ts', find, replace: find + without }],
    )
    const id = await clients.book(anIntent())
    await clients.cancel('guest1', id!)
    await quiet(stage)
    await deliverAgain(stage, 'book', id!)
    await quiet(stage)
    await turnsRed('I8', `My Page has book.${id} up to 1 of 2`)
    await restartWith(stage, ['mypage'], [])
  })

  it('turns red without the tombstone: I2', async () => {
    await stage.sql(
      'payment',
      `CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN DELETE FROM payment WHERE id = NEW.id; RETURN NULL; END $$;
       CREATE TRIGGER forget AFTER INSERT ON payment FOR EACH ROW WHEN (NEW.state = 'TOMBSTONED')
         EXECUTE FUNCTION forget()`,
    )
    const intent = anIntent()
    await freezeAt('payments.approve:before', intent)
    await becomes(intent, 'ABORTED')
    const attempt = (await attemptOf(intent))!
    thaw()
    await turnsRed('I2', `the provider keeps money of attempt ${attempt.id}`)
    await stage.sql('payment', 'DROP TRIGGER forget ON payment')
  })

  it('turns red without the comparison of epoch and state: I1', async () => {
    await restartWith(stage, books, [
      {
        file: 'book/src/adapters/attempt-statements.ts',
        find: `WHERE attempt.id = asked.id AND attempt.state || '' = 'PAYING' AND attempt.epoch = asked.epoch`,
        replace: 'WHERE attempt.id = asked.id',
      },
    ])
    const intent = anIntent()
    await freezeAt('payments.approve:after', intent)
    await stage.system.stop('payment')
    await becomes(intent, 'ABORTING')
    await stage.system.start('payment')
    await becomes(intent, 'ABORTED')
    const attempt = (await attemptOf(intent))!
    thaw()
    await turnsRed('I1', `booking ${attempt.id} stands on a payment that was voided`)
    await restartWith(stage, books, [])
  })

  it('turns red without the unique key: I4', async () => {
    await stage.sql('book', 'DROP INDEX booking_attempt_key')
    // Of many at once, two look whether the key was used before either has used it; if not, then of the next ones.
    await eventually(
      async () => {
        const { key } = anIntent()
        await Promise.all(
          Array.from({ length: 12 }, (_, index) => clients.once(anIntent({ key, roomId: rooms[index % 2] }))),
        )
        const saying = expect.stringContaining('bookings for the guest and key guest1 ')
        expect(await violationsOf('I4')).toContainEqual(saying)
        return true
      },
      { everyMs: 500 },
    )
  })

  it('turns red without the exclusion constraint: I3', async () => {
    await stage.sql('book', 'ALTER TABLE stay_claim DROP CONSTRAINT stay_claim_no_overlap')
    const { startDate, endDate } = anIntent()
    const roomId = rooms[1]!
    await Promise.all(
      [2, 3, 4].map((number) =>
        clients.once(anIntent({ guest: `guest${number}`, roomId, startDate, endDate })),
      ),
    )
    await turnsRed('I3', `of room ${roomId} overlap`)
  })
})
