import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** The namespace of MyHotel. */
export const NAMESPACE = 'myhotel'

/** The API server merges and checks: kubectl need not fetch all its schemas first. What others have set gives way. */
export const BY_SERVER = ['--server-side', '--force-conflicts', '--field-manager', 'proofs']

/** What every object of the API has; a proof names the further fields that it reads. */
export type Named = {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly labels?: Readonly<Record<string, string>>
    readonly creationTimestamp: string
    readonly deletionTimestamp?: string
  }
}

export type Where = { readonly namespace?: string; readonly selector?: string }

/**
 * The cluster, by the program kubectl: it knows every way of signing in that a KUBECONFIG can name. All that is asked for
 * is in the namespace of MyHotel, unless told otherwise.
 */
export type Kubectl = {
  /**
   * Runs it with these arguments.
   * @returns what it prints
   * @throws KubectlFailed; also where it takes longer than `withinMs` (60 s)
   */
  run(args: readonly string[], options?: { input?: string; withinMs?: number }): Promise<string>
  get<Kind extends Named>(resource: string, name: string, where?: Where): Promise<Kind>
  list<Kind extends Named>(resource: string, where?: Where): Promise<Kind[]>
  /** Applies objects, each of which names its namespace. */
  apply(...objects: readonly object[]): Promise<void>
  /** A merge patch, or a strategic one, which knows containers by their names. */
  patch(resource: string, name: string, patch: object, how?: 'merge' | 'strategic' | 'json'): Promise<void>
  /** Deletes, without waiting for the end; what is not there is no error. */
  remove(resource: string, name: string, where?: Where): Promise<void>
  /** Starts it and leaves it running: for what goes on until it is ended (exec, watches). */
  start(args: readonly string[]): ChildProcessWithoutNullStreams
}

/** kubectl said no, or took too long. */
export class KubectlFailed extends Error {
  override readonly name = 'KubectlFailed'
}

export function createKubectl(options: {
  /** The program; `kubectl` of the PATH unless told. */
  program?: string
  /** Set for it in addition: KUBECONFIG, say. */
  env?: Readonly<Record<string, string>>
}): Kubectl {
  const env = { ...process.env, ...options.env }

  function start(args: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn(options.program ?? 'kubectl', args, { env })
  }

  async function run(args: readonly string[], { input = '', withinMs = 60_000 } = {}): Promise<string> {
    const child = start(args)
    const ended = Promise.withResolvers<number | null>()
    child.once('error', ended.reject)
    child.once('close', ended.resolve)
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
    try {
      child.stdin.on('error', () => undefined).end(input)
      const [code, said, complaint] = await Promise.all([
        ended.promise,
        text(child.stdout),
        text(child.stderr),
      ])
      if (code === 0) return said
      const why =
        code === null ? `was ended after ${withinMs / 1_000} s` : complaint.trim() || `ended with ${code}`
      throw new KubectlFailed(`kubectl ${args.join(' ')}: ${why}${said ? `\n${said.slice(-2_000)}` : ''}`)
    } finally {
      clearTimeout(timer)
    }
  }

  const place = ({ namespace = NAMESPACE, selector }: Where = {}) => [
    ...['--namespace', namespace],
    ...(selector ? ['--selector', selector] : []),
  ]

  return {
    run,
    start,
    get: async (resource, name, where) =>
      JSON.parse(await run(['get', resource, name, '--output', 'json', ...place(where)])),
    list: async (resource, where) =>
      JSON.parse(await run(['get', resource, '--output', 'json', ...place(where)])).items,
    async apply(...objects) {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
      await run(['apply', ...BY_SERVER, '--filename', '-'], { input })
    },
    async patch(resource, name, patch, how = 'strategic') {
      await run(['patch', resource, name, '--type', how, '--patch', JSON.stringify(patch), ...place()])
    },
    async remove(resource, name, where) {
      await run(['delete', resource, name, '--ignore-not-found', '--wait=false', ...place(where)])
    },
  }
}
