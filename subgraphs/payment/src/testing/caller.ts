import type { createTestIdentities } from '@myhotel/kit/testing'
import { v7 } from 'uuid'

type Identities = Awaited<ReturnType<typeof createTestIdentities>>
type Answer<Data> = { data?: Data; errors?: { extensions: { code: string } }[] }

/** The union's member, or the payment's id and such. */
export type Told = { __typename: string; paymentId?: string; settled?: boolean }

export const approval = `mutation ($input: ApprovePaymentInput!) {
  approvePayment(input: $input) { __typename ... on PaymentApproval { paymentId } }
}`
const resolution = 'mutation ($id: ID!) { resolvePayment(attemptId: $id) { __typename } }'
const voiding = 'mutation ($id: ID!) { voidPayment(attemptId: $id) { __typename settled } }'

/** An approval of 123.00 EUR, with a card that pays unless told. */
export const anInput = (changes = {}) => ({
  ...{ attemptId: v7(), bookingId: v7(), guestId: 'guest1', hostId: 'host1', roomId: v7() },
  ...{ amount: { amount: 12_300, currency: 'EUR' }, method: 'pm_card_visa' },
  chargeWithinMs: 20_000,
  ...changes,
})

/** Sends a GraphQL request with a token. */
export async function send<Data>(url: string, token: string, query: string, variables: object) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  })
  return (await response.json()) as Answer<Data>
}

/** What book asks of the payment service at `url()`. Rejects where there is no answer. */
export function bookAt(url: () => string, identities: Identities) {
  async function ask(mutation: string, variables: object, at = url()): Promise<Told> {
    const token = await identities.signer('book')('payment')
    const { data, errors } = await send<Record<string, Told>>(at, token, mutation, variables)
    const [told] = Object.values(data ?? {})
    if (!told) throw new Error(JSON.stringify(errors))
    return told
  }
  return {
    approve: (input: object, at?: string) => ask(approval, { input }, at),
    resolve: (id: string) => ask(resolution, { id }),
    voidPayment: (id: string) => ask(voiding, { id }),
  }
}
