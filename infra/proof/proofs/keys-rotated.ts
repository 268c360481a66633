import { rolledOut } from '../deploy.ts'
import {
  givePrivateKey,
  nextIdentity,
  ownersOf,
  privateKeyOf,
  publicKeys,
  publish,
} from '../identity-keys.ts'
import type { Context, Proof } from '../proof.ts'
import { promised } from '../proof.ts'
import { settled } from '../rollout.ts'
import { allAnswered, latencies, noneWrong, underTraffic, unhurried } from '../traffic.ts'

/** As docs/identity.md tells operators to do it, for all owners at the same time. */
export const keysRotated: Proof = {
  name: 'keys-rotated',
  claim: 'Every identity key is replaced under load: no request is refused',
  withinMs: 900_000,
  async run(context) {
    let replaced: string[] = []
    const traffic = await underTraffic(context, unhurried, async () => {
      replaced = await rotate(context)
    })
    return [
      promised('keys replaced', replaced.join(', '), 'one of each owner', replaced.length > 0),
      allAnswered('requests meanwhile', traffic),
      noneWrong(traffic),
      latencies(traffic),
      await context.invariants(),
    ]
  },
}

/** @returns which key took the place of which: `router.2 for router` */
async function rotate(context: Context): Promise<string[]> {
  const owners = await ownersOf(context)
  const before = await publicKeys(context)
  const made = await Promise.all(owners.map((owner) => nextIdentity(owner, before)))
  const keys = made.map(({ publicKey }) => publicKey)
  const secrets = await Promise.all(owners.map((owner) => privateKeyOf(context, owner)))
  try {
    context.tell('new public keys beside the ones from before')
    await publish(context, [...before, ...keys])
    context.tell('new private keys')
    await replacePrivateKeys(
      context,
      owners,
      made.map(({ privateKey }) => JSON.stringify(privateKey)),
    )
    context.tell('the public keys from before are taken away')
    await publish(context, keys)
  } catch (error) {
    await publish(context, before)
    await replacePrivateKeys(context, owners, secrets)
    throw error
  }
  return before.map(({ kid = '' }) => {
    const [owner = ''] = kid.split('.')
    return `${keys[owners.indexOf(owner)]?.kid ?? 'nothing'} for ${kid}`
  })
}

async function replacePrivateKeys(context: Context, owners: readonly string[], keys: readonly string[]) {
  await Promise.all(owners.map((owner, index) => givePrivateKey(context, owner, keys[index] ?? '')))
  const deployments = owners.map((owner) => `deployment/${owner}`)
  await context.kubectl.run(['rollout', 'restart', '--namespace', 'myhotel', ...deployments])
  await rolledOut(context.kubectl, owners, context)
  for (const owner of owners) await settled(context, owner)
}
