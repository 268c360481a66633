import { beforeEach, describe, expect, test } from 'vitest'
import { type UnderTest, underTest } from '../testing/harness.ts'

let under: UnderTest
beforeEach(() => {
  under = underTest()
})

describe('an outcome that is not known', () => {
  test('because the answer got lost is found out, and approved', async () => {
    under.provider.loseAnswers(true)
    expect(await under.approve()).toEqual({ is: 'pending' })
    under.provider.loseAnswers(false)
    await under.recover()
    expect(await under.commands.resolve(under.attemptId)).toMatchObject({ is: 'approved' })
    expect(under.announced()).toEqual(['PaymentApproved'])
    expect(under.provider.charges).toBe(1)
  })

  test('because the provider failed is found out by sending it again', async () => {
    under.provider.fail(true)
    expect(await under.approve()).toEqual({ is: 'pending' })
    await under.recover()
    expect(await under.commands.resolve(under.attemptId)).toEqual({ is: 'pending' })
    expect(under.setbacks[0]).toMatchObject({ step: 'settle', tries: 1, reason: 'switched on' })
    under.provider.fail(false)
    await under.recover()
    expect(await under.state()).toBe('APPROVED')
    expect(await under.provider.captured()).toHaveLength(1)
  })

  test('past the deadline is not sent again; the key is closed', async () => {
    under.provider.fail(true)
    await under.approve({ deadline: under.clock + 10_000 })
    under.provider.fail(false)
    under.clock += 10_000
    await under.recover()
    expect(await under.state()).toBe('TOMBSTONED')
    expect(under.provider.charges).toBe(0)
  })

  test('that turns out past the deadline to be a charge gives all back, and nobody is told', async () => {
    under.provider.loseAnswers(true)
    await under.approve({ deadline: under.clock + 10_000 })
    under.provider.loseAnswers(false)
    under.clock += 10_000
    await under.recover()
    expect(await under.state()).toBe('VOIDED')
    expect(await under.provider.refunded()).toEqual([{ key: `void:${under.attemptId}`, amount: 12_300 }])
    expect(under.announced()).toEqual([])
  })
})

describe('a crash', () => {
  test('before the provider was asked: the worker asks it', async () => {
    under.provider.beforeCharge = () => {
      throw new Error('crashed')
    }
    await expect(under.approve()).rejects.toThrow('crashed')
    under.provider.beforeCharge = () => {}
    await under.recover()
    expect(await under.state()).toBe('APPROVED')
    expect(await under.provider.captured()).toHaveLength(1)
  })

  test('between the provider and the commit: the worker finds the charge', async () => {
    under.store.crashBeforeSave()
    await expect(under.approve()).rejects.toThrow('crashed')
    expect(await under.commands.resolve(under.attemptId)).toEqual({ is: 'pending' })
    await under.recover()
    expect(await under.state()).toBe('APPROVED')
    expect(under.provider.charges).toBe(1)
    expect(under.announced()).toEqual(['PaymentApproved'])
  })

  test('between a refund and its commit: it is given once', async () => {
    await under.approve()
    await under.commands.voidAttempt(under.attemptId)
    under.store.crashBeforeSave()
    await under.recover()
    expect(under.setbacks).toMatchObject([{ step: 'refund', reason: expect.stringContaining('crashed') }])
    expect(await under.state()).toBe('CANCELED')
    expect(await under.provider.refunded()).toHaveLength(1)
  })
})

describe('a worker and a call that meet', () => {
  test('the call was stopped until its time was over: what it charged is approved once', async () => {
    under.provider.beforeCharge = async () => {
      under.provider.beforeCharge = () => {}
      await under.recover()
    }
    expect(await under.approve()).toMatchObject({ is: 'approved' })
    expect(await under.provider.captured()).toHaveLength(1)
    expect(under.announced()).toEqual(['PaymentApproved'])
  })

  test('the attempt was given up before the call reached the provider: it is refused there', async () => {
    under.provider.beforeCharge = async () => {
      expect(await under.commands.voidAttempt(under.attemptId)).toEqual({ settled: false })
      await under.recover()
    }
    expect(await under.approve()).toEqual({ is: 'tombstoned' })
    expect(await under.provider.captured()).toEqual([])
    expect(await under.commands.voidAttempt(under.attemptId)).toEqual({ settled: true })
  })

  test('the attempt was given up before the call could commit its charge: it goes back', async () => {
    const { payments } = under.store
    const save = payments.save
    payments.save = async (...args) => {
      payments.save = save
      await under.commands.voidAttempt(under.attemptId)
      return save(...args)
    }
    expect(await under.approve()).toEqual({ is: 'tombstoned' })
    await under.recover()
    expect(await under.state()).toBe('VOIDED')
    expect(await under.provider.refunded()).toHaveLength(1)
    expect(under.announced()).toEqual([])
  })
})

describe('a refund that the provider refuses', () => {
  test('is alarmed once, is asked for no more, and is given when a person has it tried again', async () => {
    await under.approve()
    const { voidAttempt } = under.commands
    under.provider.refuseRefunds('charge_disputed')
    await voidAttempt(under.attemptId)
    await under.recover()
    const key = `void:${under.attemptId}`
    expect(under.alarms).toMatchObject([
      {
        refund: key,
        amount: 12_300,
        currency: 'EUR',
        reason: 'charge_disputed',
        bookingId: expect.any(String),
      },
    ])
    expect(await under.state()).toBe('REFUND_PENDING')
    expect(await under.store.deadLetters()).toEqual([{ key, reason: 'charge_disputed' }])

    under.provider.refuseRefunds('')
    await under.recover()
    expect(await under.provider.refunded()).toEqual([])
    await under.store.requestRetry(key)
    await under.recover()
    expect(await under.provider.refunded()).toEqual([{ key, amount: 12_300 }])
    expect(await under.state()).toBe('CANCELED')
    expect(under.alarms).toHaveLength(1)
  })

  test('for a while only, because of a failure that passes, is tried without limit and no alarm', async () => {
    await under.approve()
    under.provider.fail(true)
    await under.commands.voidAttempt(under.attemptId)
    for (let time = 0; time < 10; time += 1) await under.recover()
    expect(under.alarms).toEqual([])
    expect(under.setbacks.length).toBeGreaterThan(20)
    under.provider.fail(false)
    await under.recover()
    expect(await under.state()).toBe('CANCELED')
  })
})
