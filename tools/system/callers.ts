import { callers, isRunning } from './os-process.ts'

/**
 * Calls `gone` once when npm or the bootstrap that started this command is gone (kill -9, or a signal that npm
 * does not pass on): nobody could stop it by a signal any more.
 */
export function whenCallersGo(gone: () => void): void {
  if (!process.env.MYHOTEL_BOOTSTRAP) return
  const wanted = callers((name) => /^(npm|pnpm|yarn)\b/.test(name))
  const timer = setInterval(() => {
    if (wanted.every(isRunning)) return
    clearInterval(timer)
    gone()
  }, 500).unref()
}
