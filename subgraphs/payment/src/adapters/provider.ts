import type { PaymentProvider } from '@myhotel/kit/charging'
import type { Part } from '@myhotel/kit/service'
import { withSpans } from '@myhotel/kit/tracing'
import type { Provider } from '../application/ports.ts'
import { guardedProvider } from './guarded-provider.ts'
import { sandboxProvider } from './sandbox-provider.ts'
import { stripeProvider } from './stripe-provider.ts'

export type ProviderOptions = {
  kind: PaymentProvider
  /** Where the provider is; for Stripe only where that is not Stripe itself. */
  url?: string
  secretKey?: string
  withinMs: number
  concurrent: number
  breakMs: number
}

/** The payment provider that the environment chose, behind a breaker. */
export function createProvider(options: ProviderOptions): { provider: Provider; part: Part } {
  const { provider, release } = chosen(options)
  const { concurrent, breakMs } = options
  const attributes = { 'myhotel.provider': options.kind }
  const tell = { attributes, tell: outcomeOf }
  const seen = withSpans('provider', provider, ['charge', 'find', 'close', 'refund'], tell)
  return {
    provider: guardedProvider(seen, { concurrent, retryAfterMs: breakMs }),
    part: { name: 'provider', stop: release },
  }
}

/** What goes wrong with the provider is an answer, and is to be seen as well as what goes well. */
const outcomeOf = (answer: { readonly outcome: string }) => ({ 'myhotel.outcome': answer.outcome })

function chosen({ kind, url, secretKey = '', withinMs, concurrent }: ProviderOptions) {
  if (kind === 'sandbox') return sandboxProvider({ url: url ?? '', withinMs, connections: concurrent })
  const api = url === undefined ? undefined : apiAt(new URL(url))
  return { provider: stripeProvider({ secretKey, withinMs, api }), release: async () => {} }
}

function apiAt({ hostname, port, protocol }: URL) {
  const https = protocol === 'https:'
  return {
    host: hostname,
    port: Number(port || (https ? 443 : 80)),
    protocol: https ? 'https' : 'http',
  } as const
}
