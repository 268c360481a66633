import type { Stage } from '../stage.ts'

/** Switches faults of the payment provider on; all others are off. None switches all off. */
export async function setProvider(stage: Stage, faults?: object): Promise<void> {
  const control = new URL('/control', stage.system.record.paymentProvider ?? '')
  const headers = { 'content-type': 'application/json' }
  const request = faults ? { method: 'PUT', headers, body: JSON.stringify(faults) } : { method: 'DELETE' }
  await fetch(control, request)
}

/** Everything that the provider has captured or given back. */
export async function listOfProvider<Entry>(stage: Stage, list: 'captures' | 'refunds'): Promise<Entry[]> {
  const response = await fetch(new URL(`/v1/${list}`, stage.system.record.paymentProvider ?? ''))
  return (await response.json()) as Entry[]
}
