import type { Intent } from './requests.ts'

/** A room has nights for about a year; each is booked once. */
const nightsOfARoom = 330
const firstDay = 3
/** Each worker books for many guests in turn, so that no page grows without end. */
const guestsOfAWorker = 25

/** Stays that nobody else asks for. */
export type Stays = { next(): Promise<Intent> }

/** Gives out stays: each worker has rooms, guests and keys of its own. */
export async function createStays(options: {
  /** Sets the stays of this run apart from those of all others. */
  run: string
  worker: number
  /** The day from which nights are counted. */
  today: string
  newRoom: (name: string) => Promise<string>
}): Promise<Stays> {
  const { run, worker, today, newRoom } = options
  const nameOf = (room: number) => `Proof ${run} ${worker} ${room}`
  let given = 0
  let roomId = await newRoom(nameOf(0))
  return {
    async next() {
      const number = given
      given += 1
      const night = number % nightsOfARoom
      if (night === 0 && number > 0) roomId = await newRoom(nameOf(number / nightsOfARoom))
      return {
        guest: `guest${1 + worker * guestsOfAWorker + (number % guestsOfAWorker)}`,
        key: `${run}-${worker}-${number}`,
        roomId,
        startDate: inDays(today, firstDay + night),
        endDate: inDays(today, firstDay + night + 1),
      }
    },
  }
}

const inDays = (today: string, days: number) =>
  new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10)
