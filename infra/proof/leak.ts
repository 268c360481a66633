/**
 * Run by Node inside a container: makes its first process, which is Node as well, lose 16 MiB every 50 ms. SIGUSR1 opens
 * its inspector, by which anything can be evaluated in it.
 */
export const leak = `
process.kill(1, 'SIGUSR1')
const find = async () => {
  for (let time = 0; time < 100; time += 1) {
    try { return (await (await fetch('http://127.0.0.1:9229/json')).json())[0].webSocketDebuggerUrl } catch {}
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it has no inspector')
}
const socket = new WebSocket(await find())
await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject })
const expression = 'globalThis.lost = []; setInterval(() => lost.push(Buffer.alloc(16 << 20, 1)), 50)'
socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }))
await new Promise((resolve) => { socket.onmessage = resolve })
process.exit(0)
`
