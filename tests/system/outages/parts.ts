import { createProxy, type TcpProxy, type Weather } from '../../../tools/faults/proxy.ts'
import type { System, SystemOptions } from '../../../tools/system/index.ts'

/** How a part is away: it says nothing any more, or nobody is there. */
export type Way = 'silent' | 'gone'

/** A part of a system that can be away; `leave` makes it so, `comeBack` ends it. */
export type Part = {
  leave(system: System, way: Way): Promise<void>
  comeBack(system: System, way: Way): Promise<void>
}

/** A process: frozen, or stopped and not started again. */
export function processPart(name: string): Part {
  return {
    async leave(system, way) {
      if (way === 'silent') system.kill(name, 'SIGSTOP')
      else await system.stop(name)
    },
    async comeBack(system, way) {
      if (way === 'silent') system.kill(name, 'SIGCONT')
      else await system.start(name)
      await system.waitReady(name)
    },
  }
}

/** PostgreSQL as one service sees it, while the others go on: answers do not come, or connections are cut. */
export function databasePart(proxies: ReadonlyMap<string, TcpProxy>, name: string): Part {
  const weather: Record<Way, Weather> = { silent: 'mute', gone: 'cut' }
  const proxy = () => {
    const found = proxies.get(name)
    if (!found) throw new Error(`no proxy before the database of ${name}`)
    return found
  }
  return {
    leave: async (_, way) => proxy().set(weather[way]),
    async comeBack(system) {
      proxy().set('clear')
      await system.waitReady(name)
    },
  }
}

/** Puts a proxy between each service and its database. */
export function detours(proxies: Map<string, TcpProxy>): NonNullable<SystemOptions['rewire']> {
  return async (name, given) => {
    const variable = `${name.toUpperCase()}_DATABASE_URL`
    const address = given[variable]
    if (!address) return given
    const url = new URL(address)
    const proxy = await createProxy({ host: url.hostname, port: Number(url.port) })
    proxies.set(name, proxy)
    url.port = String(proxy.port)
    return { ...given, [variable]: url.href }
  }
}
