import { z } from 'zod'

const seconds = z.string().regex(/^\d+s$/)

/**
 * The part of Cloud Build's configuration that cloudbuild.yaml uses, closed against what there is not: the fields of the
 * resource Build as Google documents them (cloud.google.com/build/docs/build-config-file-schema).
 */
export const cloudBuild = z.strictObject({
  substitutions: z.record(z.string().regex(/^_[A-Z0-9_]+$/), z.string()),
  steps: z
    .array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        script: z.string(),
        env: z.array(z.string()).optional(),
        waitFor: z.array(z.string()).optional(),
        timeout: seconds.optional(),
      }),
    )
    .min(1),
  artifacts: z.strictObject({
    objects: z.strictObject({ location: z.string().startsWith('gs://'), paths: z.array(z.string()) }),
  }),
  options: z.strictObject({
    automapSubstitutions: z.boolean(),
    dynamicSubstitutions: z.boolean(),
    logging: z.enum(['CLOUD_LOGGING_ONLY', 'GCS_ONLY', 'LEGACY', 'NONE']),
    machineType: z.enum(['UNSPECIFIED', 'E2_MEDIUM', 'E2_HIGHCPU_8', 'E2_HIGHCPU_32', 'N1_HIGHCPU_8', 'N1_HIGHCPU_32']),
  }),
  timeout: seconds,
})

/** Those that Cloud Build has itself, and that we use. */
const BUILT_IN = ['PROJECT_ID', 'TAG_NAME']

/** Substitutions that a configuration uses and that there are not. */
export function unknownSubstitutions(text: string, { substitutions, steps }: z.infer<typeof cloudBuild>): string[] {
  const known = [...Object.keys(substitutions), ...BUILT_IN]
  const outsideScripts = steps.reduce((rest, { script }) => rest.replace(script.trim(), ''), text)
  const used = [...outsideScripts.matchAll(/\$\{?(_?[A-Z][A-Z0-9_]*)/g), ...scriptsOf(steps)]
  return [...new Set(used.map(([, name = '']) => name))].filter((name) => !known.includes(name)).sort()
}

/** In scripts they are variables; others there are the shell's. */
const scriptsOf = (steps: readonly { script: string }[]) =>
  steps.flatMap(({ script }) => [...script.matchAll(/\$\{?(_[A-Z][A-Z0-9_]*|TAG_NAME|PROJECT_ID)/g)])
