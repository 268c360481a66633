import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LoadOptions, LoadResult, RequestFiles, Requests } from './load-types.ts'
import { nodeLoad } from './node-load.ts'
import { wrkLoad } from './wrk.ts'

/** Sends requests over connections that are kept, each the next one as soon as the last is answered. */
export async function load(given: Requests, options: LoadOptions): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'myhotel-bench-'))
  try {
    const files = writeRequests(folder, given)
    return await (options.tool === 'wrk' ? wrkLoad : nodeLoad)(files, options)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function writeRequests(folder: string, { documents, tokens, requests }: Requests): RequestFiles {
  const file = (name: string, lines: readonly string[]) => {
    const path = join(folder, name)
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
    return path
  }
  return {
    documents: file(
      'documents',
      documents.map((text) => `{"query":${JSON.stringify(text)},"variables":`),
    ),
    tokens: file('tokens', tokens),
    requests: file(
      'requests',
      requests.map(
        ({ document = 0, token, variables = {} }) =>
          `${document}\t${token ?? '-'}\t${JSON.stringify(variables)}`,
      ),
    ),
  }
}
