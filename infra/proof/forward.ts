import { createInterface } from 'node:readline'
import { type Kubectl, NAMESPACE } from './kubectl.ts'

/**
 * Opens a way to a port of a pod, for as long as `use` takes: by the API server and the kubelet, so that no network policy
 * is in its way.
 */
export async function throughForward<Answer>(
  kubectl: Kubectl,
  pod: string,
  port: number,
  use: (localPort: number) => Promise<Answer>,
): Promise<Answer> {
  const child = kubectl.start(['port-forward', '--namespace', NAMESPACE, `pod/${pod}`, `:${port}`])
  try {
    const local = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', () => reject(new Error(`There is no way to port ${port} of ${pod}`)))
      createInterface({ input: child.stdout }).on('line', (line) => {
        const found = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line)?.[1]
        if (found) resolve(Number(found))
      })
    })
    return await use(local)
  } finally {
    child.kill()
  }
}
