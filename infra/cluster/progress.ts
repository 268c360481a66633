import { Presets, SingleBar } from 'cli-progress'

/** Shows on standard error which program of how many is being built. */
export type BuildProgress = { compiled(): void; built(): void; end(): void }

/** A bar on a terminal; elsewhere a line for each program. */
export function showBuild(names: readonly string[], stream = process.stderr): BuildProgress {
  const began = Date.now()
  let at = 0
  let packages = 0
  const minutes = () => `${Math.floor((Date.now() - began) / 60_000)} min`
  const now = () => ({ name: names[at] ?? 'done', packages, time: minutes() })
  if (!stream.isTTY) {
    const say = () =>
      at < names.length && stream.write(`building ${names[at]} (${at + 1} of ${names.length}) …\n`)
    say()
    return {
      compiled() {},
      built() {
        at += 1
        say()
      },
      end() {},
    }
  }
  const format = 'building {name} {bar} {value}/{total} programs | {packages} packages compiled | {time}'
  const bar = new SingleBar({ format, stream, hideCursor: true }, Presets.shades_classic)
  bar.start(names.length, 0, now())
  return {
    compiled() {
      packages += 1
      bar.update(at, now())
    },
    built() {
      at += 1
      bar.update(at, now())
    },
    end: () => bar.stop(),
  }
}
