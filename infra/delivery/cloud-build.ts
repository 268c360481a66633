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
    machineType: z.enum([
      'UNSPECIFIED',
      'E2_MEDIUM',
      'E2_HIGHCPU_8',
      'E2_HIGHCPU_32',
      'N1_HIGHCPU_8',
      'N1_HIGHCPU_32',
    ]),
  }),
  timeout: seconds,
})

/** Those that Cloud Build has itself, and that we use. */
const BUILT_IN = ['PROJECT_ID', 'TAG_NAME']

/** Substitutions that a configuration uses and that there are not. In scripts they are variables; others there are the shell's. */
export function unknownSubstitutions({ steps, ...build }: z.infer<typeof cloudBuild>): string[] {
  const known = [...Object.keys(build.substitutions), ...BUILT_IN]
  const outside = JSON.stringify([build, steps.map(({ script, ...step }) => step)])
  const scripts = steps.map(({ script }) => script).join('\n')
  const used = [
    ...outside.matchAll(/\$\{?(_?[A-Z][A-Z0-9_]*)/g),
    ...scripts.matchAll(/\$\{?(_[A-Z][A-Z0-9_]*)/g),
  ]
  return [...new Set(used.map(([, name = '']) => name))].filter((name) => !known.includes(name)).sort()
}
