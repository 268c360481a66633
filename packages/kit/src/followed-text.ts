import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Logger } from './logger.ts'

/** Milliseconds between two looks at a file. Contents are compared, because Kubernetes replaces files by symbolic links. */
const lookEveryMs = 2_000
/** A reader who misses something may have the file read at once, but not more often than this. */
const refreshEveryMs = 1_000

/** What `readEnv` makes of `<NAME>_FILE`: the text is in this file and may change. */
export const fileMark = 'file:'

/** A setting that is given as its text, or in a file that may change while the process runs. */
export type FollowedText = {
  /** @throws if the file cannot be read */
  read(): string
  /**
   * From now on, calls `use` with each new content. If the file cannot be read or `use` throws, that is logged and the
   * content before stays in use.
   */
  follow(use: (text: string) => void | Promise<void>): void
  /** Reads the file now, unless it was just read. Never rejects. */
  refresh(): Promise<void>
}

/** `setting` is the text itself, or `file:` and the path of its file. */
export function openText(setting: string, log?: Logger): FollowedText {
  if (!setting.startsWith(fileMark)) {
    return { read: () => setting, follow() {}, async refresh() {} }
  }
  const file = setting.slice(fileMark.length)
  let seen = ''
  let use: ((text: string) => void | Promise<void>) | undefined
  let looking: Promise<void> | undefined
  let lookedAt = 0
  let complaint = ''

  async function look(): Promise<void> {
    lookedAt = performance.now()
    try {
      const text = await readFile(file, 'utf8')
      complaint = ''
      if (text === seen) return
      seen = text
      await use?.(text)
      log?.info({ file }, 'file was read again')
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (message !== complaint)
        log?.error({ err: error, file }, 'file is of no use: its content before stays')
      complaint = message
    }
  }
  const lookOnce = () => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }

  return {
    read() {
      seen = readFileSync(file, 'utf8')
      return seen
    },
    follow(given) {
      use = given
      setInterval(lookOnce, lookEveryMs).unref()
    },
    async refresh() {
      if (looking || performance.now() - lookedAt >= refreshEveryMs) await lookOnce()
    },
  }
}
