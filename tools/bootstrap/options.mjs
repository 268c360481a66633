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
 * npm gives `--port 1` as npm_config_port=true and an argument 1, `--port=1` as npm_config_port=1, and `--no-demo` as an
 * empty npm_config_demo. Of `--only`, which is an option of its own too, it says itself that the value is invalid.
 */
function takenByNpm(name, hasValue, rest) {
  if (rest.some((arg) => new RegExp(`^--(no-)?${name}(=|$)`).test(arg))) return null
  const given = process.env[`npm_config_${name.replaceAll('-', '_')}`]
  if (given === undefined) return null
  if (given === '' || given === 'false') return `--no-${name}`
  if (given !== 'true') return `--${name} ${given}`
  return hasValue && rest.length > 0 ? `--${name} ${rest.shift()}` : `--${name}`
}
