import { readFileSync } from 'node:fs'

/**
 * What to say where npm took options of a command for its own, because no "--" stood before them; null where it did
 * not. A command's options are those that its usage text names, with a word in capitals where they have a value.
 */
export function misplacedOptions(program, script, args) {
  const usage = /const USAGE = `([^`]*)`/.exec(readFileSync(program, 'utf8'))?.[1] ?? ''
  const options = new Map(
    [...usage.matchAll(/--(?:no-)?([a-z][a-z-]*)(?: ([A-Z]+))?/g)].map(([, name, value]) => [
      name,
      value !== undefined,
    ]),
  )
  options.delete('help')
  const rest = [...args]
  const said = [...options].flatMap(([name, hasValue]) => takenByNpm(name, hasValue, rest) ?? [])
  if (said.length === 0) return null
  const npm = script === 'start' || script === 'test' ? `npm ${script}` : `npm run ${script}`
  const command = `${npm} -- ${[...rest, ...said].join(' ')}`
  return `npm kept ${said.join(' ')} for itself, because options of a command come after "--". Type: ${command}`
}

/**
 * npm gives `--port 1` as npm_config_port=true and an argument 1, `--port=1` as npm_config_port=1, `--no-demo` as an
 * empty npm_config_demo, and what is no value of an option of its own (`--only`) not at all: that one stands in its
 * command line alone, which Linux shows.
 */
function takenByNpm(name, hasValue, rest) {
  if (rest.some((arg) => new RegExp(`^--(no-)?${name}(=|$)`).test(arg))) return null
  const given = process.env[`npm_config_${name.replaceAll('-', '_')}`]
  if (given === undefined) return wordsOfNpm(name)
  if (given === '' || given === 'false') return `--no-${name}`
  if (given !== 'true') return `--${name} ${given}`
  return hasValue && rest.length > 0 ? `--${name} ${rest.shift()}` : `--${name}`
}

function wordsOfNpm(name) {
  try {
    const words = readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8').split(/[\0 ]+/)
    const own = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined)
    const at = own.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
    if (at === -1 || !words.some((word) => /(^|\/)npm(-cli\.js)?$/.test(word))) return null
    return own[at].includes('=') ? own[at].replace('=', ' ') : `${own[at]} ${own[at + 1] ?? ''}`.trim()
  } catch {
    return null
  }
}
