import { z } from 'zod'

/** Environment that every service has. */
export const serviceEnv = {
  /** Port of the HTTP server; 0 takes a free one and logs it. */
  PORT: z.coerce.number().int().min(0).max(65535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Public keys (JWKS as JSON) of the router and of the services that may call; `kid` is the issuer's name. */
  IDENTITY_KEYS: z.string(),
}

/** Environment of a service that owns a database and takes part in events. */
export const eventEnv = {
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  /** Copies that JetStream keeps of each stream: 3 in production. */
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
}

/** Folder of the failpoints that are to be hit (failpoint.ts); never set in production. */
export const failpointFolder: string | undefined = process.env.FAILPOINTS

/**
 * Reads the environment by a schema. All that is wrong is printed at once, then the process ends with 1:
 * an operator should not have to start a service five times to learn of five mistakes.
 */
export function readEnv<Schema extends z.ZodType>(schema: Schema, source = process.env): z.infer<Schema> {
  const read = schema.safeParse(source)
  if (read.success) return read.data
  const mistakes = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  process.stderr.write(`The environment is not complete:\n${mistakes.join('\n')}\n`)
  process.exit(1)
}
