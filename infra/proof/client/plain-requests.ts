/** What came of a request without TLS: the status of an answer, or why there was none. */
export type Answered = { readonly url: string; readonly status: number | null; readonly how: string }

const withinMs = 5_000

/** Asks each address once, as somebody does who knows of no mesh. */
export const request = (urls: readonly string[]): Promise<Answered[]> =>
  Promise.all(
    urls.map(async (url) => {
      try {
        const { status } = await fetch(url, { signal: AbortSignal.timeout(withinMs) })
        return { url, status, how: `HTTP ${status}` }
      } catch (error) {
        const { cause = error } = error as Error
        const { code, message } = cause as NodeJS.ErrnoException
        return { url, status: null, how: code ?? message }
      }
    }),
  )

if (import.meta.main) {
  const urls = JSON.parse(process.argv[2] ?? '[]') as string[]
  process.stdout.write(`${JSON.stringify(await request(urls))}\n`)
}
