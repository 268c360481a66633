import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toDate } from './calendar.ts'
import { readHistory } from './history.ts'

const example = join(import.meta.dirname, 'example.csv')

test('rows are bookings, dates counted back from the arrival, babies not counted, rates in cents', async () => {
  const { rows, bookings } = await readHistory(example)
  expect(rows).toBe(24)
  const [first, second, third] = bookings
  expect(first).toMatchObject({ line: 2, roomType: 'Seaside Inn A', nights: 3, guests: 2, rate: 8_050 })
  expect([first?.bookedOn, first?.arrival].map((day) => toDate(day ?? 0))).toEqual([
    '2024-02-19',
    '2024-02-29',
  ])
  expect(first?.canceledOn).toBeNull()
  expect(second).toMatchObject({ line: 3, guests: 3, rate: 12_000 })
  expect(toDate(second?.canceledOn ?? 0)).toBe('2024-02-21')
  expect(third).toMatchObject({ line: 4, rate: 7_999, canceledOn: third?.arrival })
})

test('lines that make no sense are named by line and left out', async () => {
  const { bookings, nonsense } = await readHistory(example)
  expect(nonsense).toEqual({
    'no nights': [13],
    'no guests': [14],
    'no rate': [15, 16],
    unreadable: expect.arrayContaining([17, 18, 19, 20, 21]),
  })
  expect(nonsense.unreadable).toHaveLength(5)
  expect(bookings).toHaveLength(15)
})

test('only as many rows are read as are wanted', async () => {
  expect(await readHistory(example, 2)).toMatchObject({ rows: 2, bookings: [{ line: 2 }, { line: 3 }] })
})

test('a file without the columns is refused in a sentence', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'myhotel-replay-')), 'other.csv')
  await writeFile(file, 'hotel,adr\nSeaside Inn,80\n')
  await expect(readHistory(file)).rejects.toThrow('This is no booking history: there is no column lead_time')
  await expect(readHistory('/nowhere.csv')).rejects.toThrow('ENOENT')
})
