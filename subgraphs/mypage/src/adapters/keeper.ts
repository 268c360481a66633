import type { Logger } from '@myhotel/kit/logger'
import { type ComeRound, type Loop, loop } from '@myhotel/kit/loop'
import type { DeadLetters, PageStore } from '../application/ports.ts'
import type { Progress, Rebuilt } from '../application/rebuild.ts'

const tellProgressEveryMs = 5_000

/**
 * Sees to it that there is a page to read: builds it where there is none, anew where Redis was restarted (its last
 * writes may be lost) or where a person wants dead letters to be tried again, and removes what old generations left
 * behind. The service is ready while there is a page.
 */
export function createKeeper(options: {
  store: PageStore
  deadLetters: DeadLetters
  rebuild(onProgress: (progress: Progress) => void): Promise<Rebuilt>
  log: Logger
}): Loop {
  const { store, deadLetters, log } = options

  async function build(why: string, comeRound: ComeRound) {
    let told = Date.now()
    const rebuilt = await options.rebuild((progress) => {
      comeRound()
      if (Date.now() - told < tellProgressEveryMs) return
      told = Date.now()
      log.info({ why, ...progress }, 'My Page is being built')
    })
    if (rebuilt.kind === 'built') log.info({ why, events: rebuilt.events }, 'My Page was built')
    if (rebuilt.kind !== 'incomplete') return
    log.error({ why, missing: rebuilt.missing }, 'streams lack events that My Page has: publish them again')
    await store.accept()
  }

  const keeper = loop({
    name: 'read model',
    everyMs: 1_000,
    log,
    async work(_, comeRound) {
      const { built, restarted, leftovers } = await store.state()
      if (!built) await build('there is none', comeRound)
      else if (restarted) await build('Redis was restarted', comeRound)
      else if (await deadLetters.takeRetryRequest()) await build('dead letters are tried again', comeRound)
      else if (leftovers) await store.sweep()
    },
  })
  return {
    ...keeper,
    async ready() {
      if (!(await store.state()).built) throw new Error('My Page is being built')
    },
  }
}
