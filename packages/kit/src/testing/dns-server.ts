import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import type { Lookup } from '../addresses.ts'

const headerBytes = 12
const typeAndClassBytes = 4
/** A pointer to the name of the question. */
const nameOfQuestion = 0xc00c
const noSuchName = 3

/** A real DNS server on 127.0.0.1 that knows one name at a time; its A records can be changed. */
export async function startDnsServer(addresses: readonly string[]) {
  const state = { addresses, answers: true, asked: 0 }
  const socket = createSocket('udp4')
  socket.on('message', (question, { port, address }) => {
    state.asked += 1
    if (state.answers) socket.send(answerTo(question, state.addresses), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const resolver = new Resolver({ timeout: 500, tries: 1 })
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  const lookup: Lookup = (hostname) => resolver.resolve4(hostname)
  return {
    state,
    lookup,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }
}

function answerTo(question: Buffer, addresses: readonly string[]): Buffer {
  const end = question.indexOf(0, headerBytes) + 1 + typeAndClassBytes
  const header = Buffer.from(question.subarray(0, headerBytes))
  header.writeUInt16BE(0x8180 | (addresses.length > 0 ? 0 : noSuchName), 2)
  header.writeUInt16BE(addresses.length, 6)
  header.writeUInt32BE(0, 8)
  return Buffer.concat([header, question.subarray(headerBytes, end), ...addresses.map(recordOf)])
}

/** An A record that may be kept for five seconds, as CoreDNS says of Services. */
function recordOf(address: string): Buffer {
  const record = Buffer.alloc(16)
  record.writeUInt16BE(nameOfQuestion, 0)
  record.writeUInt16BE(1, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt32BE(5, 6)
  record.writeUInt16BE(4, 10)
  record.set(address.split('.').map(Number), 12)
  return record
}
