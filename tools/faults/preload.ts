import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { ROOT } from '../system/client.ts'

/**
 * Loaded into every service of the fault suite before its own code. CLOCK_OFFSET_MS puts its clock off. CODE_FROM is
 * a folder with another version of this repository, whose program is run in place of ours. TAKEN_AWAY names a file of
 * edits, by which a guard is taken out of the code to show that the checker notices.
 */
const offset = Number(process.env.CLOCK_OFFSET_MS ?? 0)
if (offset !== 0) {
  const RealDate = Date
  const now = () => RealDate.now() + offset
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values) => Reflect.construct(target, values.length === 0 ? [now()] : values),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  })
}

/** In the file whose path ends so, the text is replaced. */
export type Edit = { readonly file: string; readonly find: string; readonly replace: string }

const { CODE_FROM: older, TAKEN_AWAY: edits } = process.env
if (older) {
  const [here, there] = [ROOT, older].map((folder) => pathToFileURL(`${folder}/`).href) as [string, string]
  registerHooks({
    resolve(specifier, context, next) {
      const isProgram = context.parentURL === undefined && specifier.startsWith(here)
      return next(isProgram ? specifier.replace(here, there) : specifier, context)
    },
  })
}

if (edits) {
  const wanted = JSON.parse(readFileSync(edits, 'utf8')) as Edit[]
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      const mine = wanted.filter(({ file }) => url.endsWith(file))
      if (mine.length === 0) return loaded
      const source = mine.reduce((text, edit) => {
        if (!text.includes(edit.find)) throw new Error(`${edit.file} has no "${edit.find}"`)
        return text.replace(edit.find, edit.replace)
      }, String(loaded.source))
      return { ...loaded, source }
    },
  })
}
