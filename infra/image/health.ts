/**
 * `health [URL]`: whether a service of this container is ready, for runtimes that can run a command but ask no port. Ends with 0
 * where the URL, or /readyz of the management port, is answered with 200; else with 1 and a sentence.
 */
const { MANAGEMENT_PORT } = process.env
const url = process.argv[2] ?? (MANAGEMENT_PORT && `http://127.0.0.1:${MANAGEMENT_PORT}/readyz`)
const flaw = url ? await flawOf(url) : 'MANAGEMENT_PORT is not set, and no URL is given'
if (flaw) {
  process.stderr.write(`Not ready: ${flaw}\n`)
  process.exitCode = 1
}

async function flawOf(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) })
    const text = await answer.text()
    return answer.ok ? undefined : `${url} answered ${answer.status} ${text.trim()}`
  } catch (error) {
    const { message, cause } = error as Error
    return `${url} did not answer: ${cause instanceof Error ? cause.message : message}`
  }
}
