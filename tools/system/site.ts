import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './client.ts'
import { OWNER_VARIABLE } from './leftovers.ts'
import type { SystemOptions } from './options.ts'
import { createPorts, flawOf } from './ports.ts'

/** What all parts of one system have in common: where it lies, its ports, its environment. */
export type Site = Awaited<ReturnType<typeof openSite>>

/** @throws in a sentence when the router's port is taken */
export async function openSite({ dataDir, root = ROOT, port = 0, env = {}, traces }: SystemOptions) {
  const flaw = port === 0 ? null : await flawOf(port)
  if (flaw) throw new Error(`${flaw}: choose another by --port N (0 takes a free one).`)
  /** What the operator's environment says. */
  const given: NodeJS.ProcessEnv = { ...process.env, ...env }
  const environment: NodeJS.ProcessEnv = { ...inherited(given), [OWNER_VARIABLE]: dataDir }
  const portOf = createPorts(dataDir, port === 0 ? {} : { router: port })
  const urlOf = async (name: string) => `http://127.0.0.1:${await portOf(name)}`
  const traced = traces && { OTEL_EXPORTER_OTLP_ENDPOINT: await urlOf(viewer), TRACE_SAMPLE_RATIO: '1' }
  return {
    root,
    dataDir,
    given,
    layout: readLayout(root),
    portOf,
    urlOf,
    logOf: (name: string) => join(dataDir, 'logs', `${name}.log`),
    /** For programs that are not ours. */
    environment,
    /** For programs of this repository. */
    nodeEnvironment: {
      TOKEN_AUDIENCE: 'myhotel',
      MAIL_FROM: 'MyHotel <no-reply@myhotel.example>',
      PAYMENT_PROVIDER: 'sandbox',
      ...traced,
      ...environment,
      HOST: '127.0.0.1',
      NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node-compile'),
    },
    /** The command that runs a program of this repository. */
    command: (file: string, ...args: string[]) => [process.execPath, join(root, file), ...args],
  }
}

/** The process that takes traces and shows them. */
export const viewer = 'traces'

/** What there is to run, by folder name: nothing is listed a second time. */
function readLayout(root: string) {
  const folders = (parent: string, holding: string) =>
    (existsSync(join(root, parent)) ? readdirSync(join(root, parent)) : [])
      .filter((name) => existsSync(join(root, parent, name, holding)))
      .sort()
  return {
    subgraphs: folders('subgraphs', 'src/main.ts'),
    databases: folders('prisma', 'migrations'),
    sandboxes: folders('tools/sandbox', 'main.ts'),
    hasRouter: existsSync(join(root, 'router/src/main.ts')),
  }
}

/** `service-center` → `SERVICE_CENTER`: the part of an environment variable that names a folder. */
export const variable = (name: string) => name.toUpperCase().replaceAll('-', '_')

/**
 * Variables that belong to npm, to a test run or to the launcher, or that are for one service only. The mark of a test run
 * goes along, so that what it leaves running can be found.
 */
const NOT_PASSED_ON =
  /^(npm_|VITEST|TEST_|MYHOTEL_(?!TEST_RUN$)|DATA_DIR$|NODE_ENV$|NODE_OPTIONS$)|_DATABASE_URL$/

/** What the processes of a system take over from the launcher's environment. */
export function inherited(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !NOT_PASSED_ON.test(name)))
}
