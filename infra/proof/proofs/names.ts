import type { NamesReport } from '../client/names.ts'
import { renderOverlay } from '../deploy.ts'
import type { Named } from '../kubectl.ts'
import { isReady, type Pod } from '../objects.ts'
import { type Proof, promised, told } from '../proof.ts'
import { podsOf } from '../rollout.ts'

type Service = Named & {
  readonly spec: { readonly clusterIP: string; readonly selector?: Record<string, string> }
}

const dns = { namespace: 'kube-system', selector: 'k8s-app=kube-dns' }
/** Addresses that every host has, and the ends of all of them: nobody's address. */
const nobodys = new Set(['0.0.0.0', '127.0.0.1'])

/** No address is written down anywhere: pods find each other by the cluster's DNS. */
export const names: Proof = {
  name: 'names',
  claim: 'Services are found by their names, through CoreDNS, as on any cluster; no manifest has an address',
  withinMs: 120_000,
  async run(context) {
    const { kubectl } = context
    const addresses = addressesIn(await renderOverlay(kubectl))
    const services = await kubectl.list<Service>('services')
    const [[server], resolvers] = await Promise.all([
      kubectl.list<Service>('services', dns),
      kubectl.list<Pod>('pods', dns),
    ])
    const hosts = services.map(({ metadata }) => `${metadata.name}.myhotel`)
    const { servers, found } = await (
      await context.client<NamesReport>('names', { names: [...hosts, 'nobody.myhotel'] })
    ).ended
    // What the cluster does not know may be asked of others: no such name, or nobody to ask.
    const nobody = found['nobody.myhotel']
    const wrong: string[] = []
    for (const { metadata, spec } of services) {
      const isHeadless = spec.clusterIP === 'None'
      const name = spec.selector?.['app.kubernetes.io/name'] ?? ''
      const pods = isHeadless ? (await podsOf(context, name)).filter(isReady) : []
      const expected = isHeadless ? pods.map(({ status }) => status.podIP ?? '').sort() : [spec.clusterIP]
      const there = found[`${metadata.name}.myhotel`]
      if (String(there) !== String(expected)) wrong.push(`${metadata.name}: ${there}, not ${expected}`)
    }
    const images = resolvers.flatMap(({ spec }) => spec.containers.map(({ image }) => image))
    const isCoreDns = images.length > 0 && images.every((image) => image.includes('coredns'))
    return [
      promised('addresses in what is applied', addresses.join(', ') || 0, '0', addresses.length === 0),
      promised(
        'who answers pods',
        `${servers.join(', ')} (${images.join(', ')})`,
        'the Service of CoreDNS',
        isCoreDns && String(servers) === server?.spec.clusterIP,
      ),
      promised(
        `${services.length} Services looked up`,
        wrong.join('; ') || 'all found',
        'all found',
        wrong.length === 0,
      ),
      promised(
        'a name that nobody has',
        String(nobody),
        'not found',
        typeof nobody === 'string' && nobody.startsWith('E'),
      ),
      told(
        'of them headless, which give the address of each pod',
        services.filter(({ spec }) => spec.clusterIP === 'None').length,
      ),
    ]
  },
}

/** IPv4 addresses in a text, without networks (10.0.0.0/8), of which NetworkPolicies speak. */
export function addressesIn(text: string): string[] {
  const found = text.match(/(?<![\d.])(\d{1,3}\.){3}\d{1,3}(?![\d./])/g) ?? []
  return [...new Set(found)].filter((address) => !nobodys.has(address))
}
