import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { KUBECONFIG } from './control-plane.ts'
import type { Machine } from './machine.ts'
import { CONTROL_ADDRESS, POD_RANGE, SERVICE_RANGE } from './network.ts'
import { RUN } from './paths.ts'

/** What a command is put behind to be in the network of the cluster, with the files and processes of this computer. */
export const inNetwork = (control: Machine): string[] => [
  'nsenter',
  `--net=/proc/${control.init.pid}/ns/net`,
  '--',
]

/** No proxy leads into the cluster's network. */
const DIRECT = [CONTROL_ADDRESS, SERVICE_RANGE, POD_RANGE].join(',')

/** The environment of commands that are to reach the cluster: its kubeconfig, and its kubectl first in PATH. */
export const clusterEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  KUBECONFIG,
  NO_PROXY: DIRECT,
  no_proxy: DIRECT,
  PATH: `${join(RUN, 'bin')}:${process.env.PATH}`,
})

/** Runs kubectl with `input`, if any, and gives what it prints. @throws with what it says to be wrong */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>

/** A kubectl behind `prefix`, a command that runs others (or nothing); `signal` breaks off what it does. */
export function kubectlBehind(
  prefix: readonly string[],
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Kubectl {
  return (args, input) =>
    new Promise((resolve, reject) => {
      const [program = '', ...rest] = [...prefix, 'kubectl', ...args]
      const child = spawn(program, rest, { env, signal, stdio: 'pipe' })
      let stdout = ''
      let stderr = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
      })
      child.stdin.on('error', () => {})
      child.stdin.end(input ?? '')
      child.once('error', reject)
      child.once('close', (code) =>
        code === 0 ? resolve(stdout) : reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`)),
      )
    })
}
