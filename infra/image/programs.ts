import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** What can be run: a file of this repository and the arguments that come before those given. */
export type Program = { file: string; args: readonly string[] }

/** Commands of tools/ that an operator needs where there is no checkout, by the name that they have there. */
const operatorsTools: Readonly<Record<string, Program>> = {
  migrate: { file: 'tools/migrate.ts', args: ['apply'] },
  'make-login': { file: 'tools/migrate.ts', args: ['login'] },
  'close-logins': { file: 'tools/migrate.ts', args: ['close-logins'] },
  'migrate-settings': { file: 'tools/migrate.ts', args: ['settings'] },
  identity: { file: 'tools/identity.ts', args: [] },
  republish: { file: 'tools/events-republish.ts', args: [] },
  'dead-letters': { file: 'tools/dead-letters.ts', args: [] },
  invariants: { file: 'tools/invariants/main.ts', args: [] },
  'erase-text': { file: 'tools/events-erase-text.ts', args: [] },
  'mend-times': { file: 'tools/times-mend.ts', args: [] },
  health: { file: 'infra/image/health.ts', args: [] },
  'development-secrets': { file: 'infra/k8s/development-secrets/main.ts', args: [] },
}

/**
 * Everything that can be run under a folder, by the name under which it is asked for: `router`, each subgraph, commands
 * that a subgraph has for itself (`<name>-command.ts`), each stand-in of the sandbox, what clusters run for themselves
 * (`infra/k8s/<name>/main.ts`), and what operators need. Read from the folders, so that a new subgraph is there without
 * being listed.
 *
 * @param root the folder of this repository, or of what of it is in an image
 */
export function programsOf(root: string): Record<string, Program> {
  const subgraphs = folders(root, 'subgraphs')
  const files = {
    router: 'router/src/main.ts',
    ...Object.fromEntries(subgraphs.map((name) => [name, `subgraphs/${name}/src/main.ts`])),
    ...Object.fromEntries(subgraphs.flatMap((name) => commandsOf(root, `subgraphs/${name}/src`))),
    ...Object.fromEntries(
      ['tools/sandbox', 'infra/k8s'].flatMap((parent) =>
        folders(root, parent).map((name) => [name, `${parent}/${name}/main.ts`]),
      ),
    ),
  }
  const programs: Record<string, Program> = {
    ...Object.fromEntries(Object.entries(files).map(([name, file]) => [name, { file, args: [] }])),
    ...operatorsTools,
  }
  return Object.fromEntries(Object.entries(programs).filter(([, { file }]) => existsSync(join(root, file))))
}

const folders = (root: string, parent: string) =>
  existsSync(join(root, parent))
    ? readdirSync(join(root, parent), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : []

const commandsOf = (root: string, folder: string): [string, string][] =>
  (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []).flatMap((file) => {
    const [, command] = /^(.+)-command[.]ts$/.exec(file) ?? []
    return command ? [[command, `${folder}/${file}`]] : []
  })
