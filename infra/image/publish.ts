import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Builder } from './builder.ts'

const run = promisify(execFile)

/** Where an image is sent, and how it is signed there; without `sign` it is not. */
export type Publication = {
  readonly registry: string
  readonly sign?: string
  /** The file of its bill of materials. */
  readonly bom: string
  readonly builder: Pick<Builder, 'push'>
}

/** Sends an image that was built to a registry, and signs it; what is signed is its digest, which no later push changes. */
export async function publish(name: string, tag: string, publication: Publication): Promise<void> {
  const { registry, sign, bom, builder } = publication
  const repository = `${registry.replace(/\/$/, '')}/${name}`
  const digest = await builder.push(`${name}:${tag}`, `${repository}:${tag}`)
  process.stdout.write(`${repository}:${tag}@${digest}\n`)
  if (!sign) return
  for (const args of signing(`${repository}@${digest}`, bom, sign)) await run('cosign', args)
  process.stdout.write(`signed, with its bill of materials: ${repository}@${digest}\n`)
}

/** What cosign is told: to sign an image, and to attest what it consists of. */
export function signing(image: string, bom: string, key: string): string[][] {
  const by = key === 'keyless' ? [] : ['--key', key]
  return [
    ['sign', '--yes', ...by, image],
    ['attest', '--yes', ...by, '--type', 'cyclonedx', '--predicate', bom, image],
  ]
}
