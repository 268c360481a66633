import { z } from 'zod'
import { fileMark } from './followed-text.ts'
import { readNatsUrl } from './nats-url.ts'
import { readRedisUrl } from './redis-url.ts'

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
  /** An OpenTelemetry collector that takes traces by OTLP over HTTP; without one there are none. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
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

/** A text that `read` understands; what it throws is what is wrong with it. */
const readableBy = (read: (text: string) => unknown) =>
  z.string().superRefine((text, context) => {
    try {
      read(text)
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error))
    }
  })
const natsUrl = readableBy(readNatsUrl)
/** One Redis, or sentinels that know it (redis.ts). */
export const redisUrl = readableBy(readRedisUrl)

/** Environment of a service that owns a database and takes part in events. */
export const eventEnv = {
  /** Servers of one cluster, separated by commas, with credentials and TLS (nats-options.ts). */
  NATS_URL: natsUrl.default('nats://127.0.0.1:4222'),
  /**
   * Copies that JetStream keeps of each stream: 3 in production. Streams that are there follow; left out, they keep as
   * many as they have, and new ones have one.
   */
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).optional(),
}

/**
 * One base URL of another service, or several of its replicas, separated by commas; with `|`, another after each that is
 * called while the first one's name has no address.
 */
export const serviceUrls = z.string().refine((text) => {
  const items = splitList(text)
  const isUrl = (url: string) => z.url({ protocol: /^https?$/ }).safeParse(url).success
  return (
    items.length > 0 && items.map(splitAlternatives).every((urls) => urls.length <= 2 && urls.every(isUrl))
  )
}, 'is no URL, nor several separated by commas')

/** The items of a list that is separated by commas. */
export const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

/** A URL, and the one after `|` if there is one. */
export const splitAlternatives = (item: string): string[] => item.split('|').map((url) => url.trim())

type DatabaseEnv<Name extends string> = Record<`${Name}_DATABASE_URL`, z.ZodURL> &
  Record<`${Name}_DIRECT_DATABASE_URL`, z.ZodOptional<z.ZodURL>> &
  Record<`${Name}_DATABASE_CONNECTIONS`, z.ZodOptional<z.ZodCoercedNumber>>

/**
 * What a service is told of its database, by the name of its context: `BOOK_DATABASE_URL`;
 * `BOOK_DIRECT_DATABASE_URL`, past a pooler, for what holds a session (the relay, migrations), the same unless told;
 * `BOOK_DATABASE_CONNECTIONS`, the pool of one replica, 10 unless told.
 */
export const databaseEnv = <Name extends string>(name: Name) =>
  ({
    [`${name}_DATABASE_URL`]: z.url(),
    [`${name}_DIRECT_DATABASE_URL`]: z.url().optional(),
    [`${name}_DATABASE_CONNECTIONS`]: poolSize.optional(),
  }) as DatabaseEnv<Name>

/** Connections of a pool. */
export const poolSize = z.coerce.number().int().min(2)

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
