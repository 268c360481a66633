import { createServer, type IncomingMessage } from 'node:http'
import { executorOf } from './execute.ts'
import { world } from './world.ts'

/**
 * One subgraph as a process: `main.ts NAME PORT`. Like any that knows users it answers nobody whose authorization
 * did not come along. GET /fetches tells how many it has answered.
 */
const [name = '', port] = process.argv.slice(2)
const fields = world[name as keyof typeof world]
if (!fields) throw new Error(`there is no subgraph ${name}`)
const execute = executorOf(fields)
let fetches = 0

const server = createServer((request, response) => {
  if (request.method === 'GET') return response.end(String(fetches))
  read(request, (body) => {
    fetches += 1
    const { status, text } = request.headers.authorization
      ? answer(body)
      : { status: 401, text: '{"errors":[{"message":"who asks?"}]}' }
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    })
    response.end(text)
  })
})
server.keepAliveTimeout = 120_000
server.listen(Number(port), '127.0.0.1')

function answer(body: string): { status: number; text: string } {
  try {
    const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> }
    return { status: 200, text: execute(query, variables ?? {}) }
  } catch (error) {
    return { status: 200, text: JSON.stringify({ errors: [{ message: String(error) }] }) }
  }
}

function read(request: IncomingMessage, done: (body: string) => void): void {
  let first: Buffer | undefined
  let rest: Buffer[] | undefined
  request.on('data', (chunk: Buffer) => {
    if (!first) first = chunk
    else {
      rest ??= [first]
      rest.push(chunk)
    }
  })
  request.on('end', () => done((rest ? Buffer.concat(rest) : (first ?? Buffer.alloc(0))).toString()))
}
