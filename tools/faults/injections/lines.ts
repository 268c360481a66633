import { setTimeout as delay } from 'node:timers/promises'
import type { Weather } from '../proxy.ts'
import type { Line } from '../stage.ts'
import { between, type Fault } from './fault.ts'

/** Where answers are lost, it has to be for longer than somebody waits for one. */
const lasts: Record<Exclude<Weather, 'clear'>, readonly [number, number]> = {
  cut: [100, 1_000],
  mute: [500, 4_000],
  slow: [500, 2_000],
  trickle: [500, 2_000],
}

const weather = (line: Line, what: Exclude<Weather, 'clear'>): Fault => ({
  name: `connections to ${line}: ${what}`,
  async inject(stage, dice) {
    for (const proxy of stage.line(line)) proxy.set(what)
    await delay(between(dice, ...lasts[what]))
    for (const proxy of stage.line(line)) proxy.set('clear')
  },
})

/** All that can become of the connections to somebody. */
export const weathers = (line: Line): Fault[] =>
  (['cut', 'mute', 'slow', 'trickle'] as const).map((what) => weather(line, what))

const provider = (name: string, faults: object): Fault => ({
  name: `provider: ${name}`,
  async inject(stage, dice) {
    const control = new URL('/control', stage.system.record.paymentProvider ?? '')
    const body = JSON.stringify(faults)
    await fetch(control, { method: 'PUT', headers: { 'content-type': 'application/json' }, body })
    await delay(between(dice, 1_000, 4_000))
    await fetch(control, { method: 'DELETE' })
  },
})

export const providerFaults: readonly Fault[] = [
  provider('slow', { delayMs: 3_500 }),
  provider('answers late', { answerDelayMs: 3_500 }),
  provider('fails', { failRate: 0.7 }),
  provider('captures and loses the answer', { loseAnswers: true }),
]
