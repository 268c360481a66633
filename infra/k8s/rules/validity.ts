import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { nameOf, type Resource } from './resource.ts'

type Schemas = { kinds: Record<string, object>; definitions: Record<string, object> }

/**
 * Tells what is wrong with an object by the schema of its kind: fields that are unknown, missing or of another type. A kind
 * that is not in schemas/ is wrong, too.
 */
export function createValidator(): (resource: Resource) => string[] {
  const file = join(import.meta.dirname, 'schemas/schemas.json')
  const { kinds, definitions } = JSON.parse(readFileSync(file, 'utf8')) as Schemas
  // Schemas of Kubernetes have keywords of their own, which say nothing of what is valid.
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  const compiled = new Map<string, ValidateFunction>()
  return (resource) => {
    const kind = `${resource.apiVersion}/${resource.kind}`
    const schema = kinds[kind]
    if (!schema) return [`${nameOf(resource)}: ${kind} is none of the kinds of schemas/`]
    const validate = compiled.get(kind) ?? ajv.compile({ ...schema, definitions })
    compiled.set(kind, validate)
    return validate(resource)
      ? []
      : (validate.errors ?? []).map((error) => `${nameOf(resource)}${inWords(error)}`)
  }
}

const inWords = ({ instancePath, message, params }: ErrorObject) =>
  `${instancePath}: ${'additionalProperty' in params ? `there is no field ${params.additionalProperty}` : message}`
