import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../../tools/system/command.ts'
import { folderOf } from '../build.ts'
import { PROGRAMS } from '../paths.ts'
import type { StandIn } from '../stand-ins.ts'
import { meshPrograms } from '../versions.ts'
import { ENVOY_VERSION, envoy } from './envoy.ts'
import { RELEASE } from './operator.ts'

const { istio } = meshPrograms
const program = (name: keyof typeof istio.packages) => join(folderOf('istio', istio), name)
const tags = [RELEASE]

/** The images of Istio's own manifests, of Istio's own programs and a plain Envoy. */
export async function meshStandIns(): Promise<Record<string, StandIn>> {
  const given = `Istio ${RELEASE}, its Go module ${istio.version}`
  return {
    'istio/pilot': {
      tags,
      given,
      spec: {
        files: { 'usr/local/bin/pilot-discovery': program('istiod') },
        entrypoint: ['/usr/local/bin/pilot-discovery'],
        user: '1337:1337',
      },
    },
    'istio/proxyv2': {
      tags,
      given: `${given}; Envoy ${ENVOY_VERSION} of PyPI, without the filters that Istio builds into its own`,
      spec: {
        files: {
          'usr/local/bin/pilot-agent': program('pilot-agent'),
          'usr/local/bin/envoy': await envoy(),
          'var/lib/istio/envoy/envoy_bootstrap_tmpl.json': await bootstrapOf(),
        },
        entrypoint: ['/usr/local/bin/pilot-agent'],
        user: '1337:1337',
      },
    },
    'istio/install-cni': {
      tags,
      given,
      spec: {
        files: {
          'usr/local/bin/install-cni': program('install-cni'),
          'opt/cni/bin/istio-cni': program('istio-cni'),
        },
        entrypoint: ['/usr/local/bin/install-cni'],
      },
    },
  }
}

/** The file of Istio's from which pilot-agent makes Envoy's first configuration, kept beside its programs. */
async function bootstrapOf(): Promise<string> {
  const kept = join(PROGRAMS, `istio-${istio.version}-bootstrap.json`)
  if (existsSync(kept)) return kept
  const module = `${istio.module}@${istio.version}`
  const { stdout } = await runCommand('go', ['mod', 'download', '-json', module], {
    cwd: folderOf('istio', istio),
  })
  const { Dir } = JSON.parse(stdout) as { Dir: string }
  await copyFile(join(Dir, 'tools/packaging/common/envoy_bootstrap.json'), kept)
  return kept
}
