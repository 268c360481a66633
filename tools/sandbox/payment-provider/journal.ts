import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * An append-only file of JSON lines. `append` resolves when its line is on the disk; lines that arrive while
 * the disk is busy are written and synced together, so that many callers share one fsync.
 */
export type Journal<Entry> = {
  append: (entry: Entry) => Promise<void>
  close: () => Promise<void>
}

/** Opens the journal and hands each entry that it already holds to `replay`, oldest first. */
export async function openJournal<Entry>(
  path: string,
  replay: (entry: Entry) => void,
): Promise<Journal<Entry>> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'a')
  const text = await readFile(path, 'utf8')
  // A last line without its end was being written when the process died: nobody was answered on it.
  const end = text.lastIndexOf('\n') + 1
  if (end < text.length) await file.truncate(Buffer.byteLength(text.slice(0, end)))
  for (const line of text.slice(0, end).split('\n')) if (line) replay(JSON.parse(line) as Entry)

  let waiting: string[] = []
  let next: Promise<void> | undefined
  let current: Promise<void> = Promise.resolve()

  async function writeWaiting(): Promise<void> {
    await current
    const lines = waiting
    waiting = []
    current = next as Promise<void>
    next = undefined
    await file.appendFile(lines.join(''))
    await file.datasync()
  }

  return {
    append(entry) {
      waiting.push(`${JSON.stringify(entry)}\n`)
      next ??= writeWaiting()
      return next
    },
    async close() {
      await (next ?? current)
      await file.close()
    },
  }
}
