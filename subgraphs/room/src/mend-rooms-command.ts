import { parseArgs } from 'node:util'
import { canonicalId } from '@myhotel/kit/ids'
import { type Found, mendRooms } from './application/mend-rooms.ts'
import { composeMend } from './compose.ts'
import { isRefusal } from './domain/refusal.ts'
import { readMendEnv } from './env.ts'

/**
 * `node src/mend-rooms-command.ts [--dry-run] [--room ID --country COUNTRY --time-zone ZONE]`: mends rooms that an earlier
 * version stored with a country or time zone that would not be accepted today. Ends with 1 where rooms are left.
 */
const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    room: { type: 'string' },
    country: { type: 'string' },
    'time-zone': { type: 'string' },
  },
})

function line({ room, outcome }: Found): string {
  const { offer } = room
  const was = `${room.id} of host ${room.hostId}: ${JSON.stringify(offer.country)}, ${JSON.stringify(offer.timeZone)}`
  return isRefusal(outcome)
    ? `${was} has to be mended by hand. ${outcome.message}`
    : `${was} is now ${outcome.country}, ${outcome.timeZone}`
}

async function main(): Promise<number> {
  const { country, 'time-zone': timeZone, 'dry-run': dryRun } = values
  const roomId = values.room === undefined ? undefined : canonicalId(values.room)
  if (roomId === null) throw new Error(`${values.room} is not the id of a room.`)
  const given = {
    ...(country === undefined ? {} : { country }),
    ...(timeZone === undefined ? {} : { timeZone }),
  }
  if (roomId === undefined && Object.keys(given).length > 0)
    throw new Error('A country or time zone is for one room: name it by --room ID.')
  const { world, close } = composeMend(readMendEnv())
  const counts = { mended: 0, left: 0 }
  try {
    for await (const found of mendRooms(world, { roomId, given, dryRun })) {
      counts[isRefusal(found.outcome) ? 'left' : 'mended'] += 1
      console.log(line(found))
    }
  } finally {
    await close()
  }
  console.log(
    `${counts.mended} rooms ${dryRun ? 'can be' : 'were'} mended, ${counts.left} have to be mended by hand` +
      `${counts.left > 0 ? ': --room ID --country COUNTRY --time-zone ZONE' : ''}.`,
  )
  return counts.left > 0 ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
