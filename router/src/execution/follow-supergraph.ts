import { readFileSync } from 'node:fs'
import type { Logger } from '@myhotel/kit/logger'
import { loop } from '@myhotel/kit/loop'
import type { Part } from '@myhotel/kit/service'
import type { ReplaceableGateway } from './gateway.ts'
import { toSupergraph } from './supergraph.ts'

/**
 * Serves what is in the file of the supergraph, also when that changes: it is looked at every few seconds, and at
 * once on SIGHUP. Read, not watched, because a mounted ConfigMap changes by a link that is put elsewhere. What
 * cannot be served is logged once, and the last one stays.
 */
export function followSupergraph(options: {
  file: string
  /** What is served at the start. */
  served: string
  /** Those whose addresses are known. Others would need a router that is told of them. */
  subgraphs: readonly string[]
  gateway: Pick<ReplaceableGateway, 'replace'>
  log: Logger
  everyMs?: number
}): Part {
  const { file, subgraphs, gateway, log } = options
  let seen = options.served

  const follow = loop({
    name: 'supergraph',
    everyMs: options.everyMs ?? 2_000,
    log,
    async work() {
      const sdl = readFileSync(file, 'utf8')
      if (sdl === seen) return
      seen = sdl
      try {
        const unknown = toSupergraph(sdl)
          .subgraphs.map(({ name }) => name)
          .filter((name) => !subgraphs.includes(name))
        if (unknown.length > 0) {
          log.error({ file, unknown }, 'supergraph refused: it names subgraphs whose addresses are not known')
          return
        }
        const begun = performance.now()
        await gateway.replace(sdl)
        log.info({ file, ms: Math.round(performance.now() - begun) }, 'supergraph replaced')
      } catch (error) {
        log.error({ err: error, file }, 'supergraph refused: it cannot be served')
      }
    },
  })

  return {
    name: 'supergraph',
    async start(health) {
      process.on('SIGHUP', follow.wake)
      await follow.start?.(health)
    },
    async stop() {
      process.off('SIGHUP', follow.wake)
      await follow.stop?.()
    },
  }
}
