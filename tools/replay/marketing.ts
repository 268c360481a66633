import { type Api, mapAtATime } from '../api/client.ts'
import { type Comparison, differencesOf, lookAt, total } from './compare.ts'
import { type Outcome, staysByRoom } from './run.ts'

const roomPopularity = 'query ($id: ID!) { room(id: $id) { popularity } }'

/** What marketing counts for each room: paid bookings that were not cancelled. */
export function popularity(api: Api, outcomes: readonly Outcome[]): Comparison {
  const stays = [...staysByRoom(outcomes)]
  const host = outcomes[0]?.room.host ?? ''
  return {
    name: 'popularity by marketing',
    async look() {
      const counts = await mapAtATime(stays, 8, async ([id]) => {
        type Answer = { room: { popularity: number } | null }
        const { room } = await api.as(host).askUntilAnswered<Answer>(roomPopularity, { id })
        return room?.popularity ?? 0
      })
      const wrong = stays.flatMap(([id, expected], index) =>
        differencesOf(`room ${id} has`, { popularity: expected }, { popularity: counts[index] }),
      )
      const expected = total(stays.map(([, count]) => count))
      return lookAt([{ what: 'popularity by marketing', expected, found: total(counts) }], wrong)
    },
  }
}
