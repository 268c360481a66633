import { readFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { failpointFolder } from './env.ts'

/**
 * A place where the process can be told to die, or to stop, by who tries it: it passes by unless a file of that
 * name lies in the folder FAILPOINTS. The file holds the signal (SIGKILL when empty) and is taken away by the one
 * pass that it hits, among all processes with that folder. In production there is no such folder and nothing here.
 */
export const failpoint: (name: string) => void = failpointFolder
  ? (name) => hit(join(failpointFolder ?? '', name))
  : () => {}

/** A port with a failpoint before and after each of its methods: `<name>.<method>:before` and `:after`. */
export function withFailpoints<Port extends object>(name: string, port: Port): Port {
  if (!failpointFolder) return port
  return new Proxy(port, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key)
      if (typeof method !== 'function') return method
      return (...values: unknown[]) => {
        const place = `${name}.${String(key)}`
        failpoint(`${place}:before`)
        const result: unknown = method.apply(target, values)
        if (!(result instanceof Promise)) return result
        return result.then((value) => {
          failpoint(`${place}:after`)
          return value
        })
      }
    },
  })
}

function hit(file: string): void {
  let signal: string
  try {
    signal = readFileSync(file, 'utf8').trim()
    unlinkSync(file)
  } catch {
    return
  }
  process.kill(process.pid, (signal || 'SIGKILL') as NodeJS.Signals)
}
