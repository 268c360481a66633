import { Pool } from 'undici'
import { mapAtATime } from '../../tools/api/client.ts'
import type { Requests } from '../measure/load-types.ts'

/**
 * Sends every request once, so many at a time, and gives the answers.
 * @throws where an answer lacks the text that is expected
 */
export async function sendAll(
  url: string,
  { documents, tokens, requests }: Requests,
  { expect, atATime = 32 }: { expect: string; atATime?: number },
): Promise<string[]> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: atATime })
  try {
    return await mapAtATime(requests, atATime, async ({ document = 0, token, variables = {} }) => {
      const headers = {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${tokens[token]}` }),
      }
      const body = JSON.stringify({ query: documents[document], variables })
      const response = await pool.request({ path: pathname, method: 'POST', headers, body })
      const text = await response.body.text()
      if (!text.includes(expect)) throw new Error(`${response.statusCode} ${text.slice(0, 500)}`)
      return text
    })
  } finally {
    await pool.close()
  }
}
