import { z } from 'zod'
import { fileMark } from './followed-text.ts'

const port = z.coerce.number().int().min(0).max(65535)
const milliseconds = z.coerce.number().int().min(0)

/** Environment that every process has which serves clients. */
export const processEnv = {
  /** Port of the HTTP server; 0 takes a free one and logs it. */
  PORT: port.default(4000),
  /** The address on which both ports listen: `0.0.0.0` and `::` are all of this machine's. */
  HOST: z.string().default('127.0.0.1'),
  /** Port of /livez, /readyz and /metrics; 0 takes a free one and logs it. */
  MANAGEMENT_PORT: port.default(9464),
  /** How long a service that is told to stop goes on serving, while callers learn of it. */
  DRAIN_MS: milliseconds.default(0),
  /** How long a connection is used, by whoever opened it; the next one may be to a new replica. */
  CONNECTION_MAX_AGE_MS: milliseconds.min(1).default(60_000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
}

/** Environment that every subgraph has. */
export const serviceEnv = {
  ...processEnv,
  /**
   * Public keys (JWKS as JSON) of the router and of the services that may call; `kid` is the issuer's name, or that with a
   * number (`router.2`). Or IDENTITY_KEYS_FILE, which is read again when it changes.
   */
  IDENTITY_KEYS: z.string(),
}

export type ServiceEnv = z.infer<z.ZodObject<typeof serviceEnv>>

/** Environment of a service that owns a database and takes part in events. */
export const eventEnv = {
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  /** Copies that JetStream keeps of each stream: 3 in production. */
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
}

/** One base URL of another service, or several of its replicas, separated by commas. */
export const serviceUrls = z
  .string()
  .refine(
    (text) => splitList(text).length > 0 && splitList(text).every((url) => z.url().safeParse(url).success),
    'is no URL, nor several separated by commas',
  )

/** The items of a list that is separated by commas. */
export const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

/** Folder of the failpoints that are to be hit (failpoint.ts); never set in production. */
export const failpointFolder: string | undefined = process.env.FAILPOINTS

/** Settings that may also be in a file: `<NAME>_FILE` names it. */
const inFiles = ['IDENTITY_KEYS', 'IDENTITY_PRIVATE_KEY']

function withFiles(source: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const files = inFiles
    .map((name) => [name, source[`${name}_FILE`]] as const)
    .filter(([, file]) => file)
    .map(([name, file]) => [name, `${fileMark}${file}`])
  return files.length === 0 ? source : { ...source, ...Object.fromEntries(files) }
}

/**
 * Reads the environment by a schema. All that is wrong is printed at once, then the process ends with 1:
 * an operator should not have to start a service five times to learn of five mistakes.
 */
export function readEnv<Schema extends z.ZodType>(schema: Schema, source = process.env): z.infer<Schema> {
  const read = schema.safeParse(withFiles(source))
  if (read.success) return read.data
  const mistakes = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  process.stderr.write(`The environment is not complete:\n${mistakes.join('\n')}\n`)
  process.exit(1)
}

/** Milliseconds after which a connection to another service makes way for a new one, of whichever replica that is. */
export const connectionMaxAgeMs: number = readEnv(
  z.object({ CONNECTION_MAX_AGE_MS: z.coerce.number().int().min(1).default(60_000) }),
).CONNECTION_MAX_AGE_MS
