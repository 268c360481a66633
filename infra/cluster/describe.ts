import { release } from 'node:os'
import { runCommand } from '../../tools/system/command.ts'
import { goPrograms } from './versions.ts'

/** Every program of the cluster with its version, for reports. */
export async function describeVersions(): Promise<Record<string, string>> {
  const built = Object.entries(goPrograms).map(([name, { version }]) => [name, version])
  const first = async (program: string, ...args: string[]) => {
    const { stdout } = await runCommand(program, args)
    return stdout.split('\n', 1)[0]?.trim() ?? ''
  }
  const [runc, nft, plugins] = await Promise.all([
    first('runc', '--version'),
    first('nft', '--version'),
    first('dpkg-query', '--show', 'containernetworking-plugins').catch(() => 'unknown'),
  ])
  return {
    ...Object.fromEntries(built),
    runc: runc.replace('runc version ', ''),
    nftables: nft.replace(/^nftables /, ''),
    'CNI plugins': plugins.replace(/^\S+\s+/, ''),
    Linux: release(),
  }
}
