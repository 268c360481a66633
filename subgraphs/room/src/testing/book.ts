import { createServer, type Server } from 'node:http'

/** What was asked of book. */
export type Asked = { readonly body: { variables: unknown }; readonly authorization: string | undefined }

/** Stands where book would: answers at `port` that so many bookings are to come, and keeps what it was asked. */
export async function startBook(port: number, upcomingBookings: number) {
  const asked: Asked[] = []
  const server: Server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push({ body: JSON.parse(body), authorization: request.headers.authorization })
    response.end(JSON.stringify({ data: { upcomingBookings } }))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    asked,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
