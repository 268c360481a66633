import { Presets, SingleBar } from 'cli-progress'

/** Shows on standard error how far a phase is. */
export type Progress = { advance(): void; end(): void }

/** Lines at most so often where there is no terminal. */
const lineEveryMs = 5_000

/** A bar on a terminal, lines elsewhere. */
export function showProgress(title: string, total: number, stream = process.stderr): Progress {
  if (stream.isTTY) {
    const format = `${title.padEnd(22)} {bar} {percentage}% | {value}/{total} | {eta_formatted}`
    const bar = new SingleBar({ format, stream, etaBuffer: 200, hideCursor: true }, Presets.shades_classic)
    bar.start(total, 0)
    return { advance: () => bar.increment(), end: () => bar.stop() }
  }
  let done = 0
  let said = Date.now()
  const say = () => {
    said = Date.now()
    stream.write(`${title} ${done}/${total}\n`)
  }
  return {
    advance() {
      done += 1
      if (Date.now() - said >= lineEveryMs) say()
    },
    end: say,
  }
}
