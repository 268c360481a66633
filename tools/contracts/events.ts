import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { EventContract } from '@myhotel/contracts/event'
import { z } from 'zod'
import { inJson, type Promises } from './files.ts'
import type { Schema } from './narrower.ts'

/** What is promised of one event, in JSON Schema. */
export type EventPromise = {
  readonly context: string
  readonly type: string
  /** Version of its schema. */
  readonly version: number
  /** What is published. */
  readonly published: Schema
  /** What subscribers of this version take in; what they do not know they leave aside. */
  readonly accepted: Schema
}

/** The contracts of all events that the sources below `root` define. */
export async function contractsOf(root: string): Promise<EventContract[]> {
  const files = await Array.fromAsync(glob('packages/contracts/src/*.ts', { cwd: root }))
  const modules: Record<string, unknown>[] = await Promise.all(
    files
      .filter((file) => !file.endsWith('.test.ts'))
      .sort()
      .map((file) => import(/* @vite-ignore */ pathToFileURL(join(root, file)).href)),
  )
  return modules.flatMap((exported) => Object.values(exported)).filter(isContract)
}

const isContract = (value: unknown): value is EventContract =>
  typeof value === 'object' && value !== null && 'context' in value && 'schema' in value

/** `events/<Type>.json` for each of them. */
export async function eventFiles(root: string): Promise<Promises> {
  const contracts = await contractsOf(root)
  return Object.fromEntries(
    contracts.map((contract) => [`events/${contract.type}.json`, inJson(promiseOf(contract))]),
  )
}

function promiseOf({ context, type, version, schema }: EventContract): EventPromise {
  return {
    ...{ context, type, version },
    published: toJsonSchema(schema, 'output'),
    accepted: toJsonSchema(schema, 'input'),
  }
}

/** How zod writes the pattern of a known format may change with its version; the format says the same. */
const toJsonSchema = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, {
    io,
    override({ jsonSchema }) {
      if (jsonSchema.format) delete jsonSchema.pattern
    },
  }) as Schema
