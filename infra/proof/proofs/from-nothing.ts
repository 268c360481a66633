import { applyOverlay, removeAll, rolledOut, startClients } from '../deploy.ts'
import { eventually } from '../eventually.ts'
import { type Proof, promised, seconds, told } from '../proof.ts'

const bookedWithinMs = 300_000
const availableWithinMs = 480_000

/** `kubectl apply -k` on a cluster that has nothing of MyHotel, and a guest who asks until a booking is made. */
export const fromNothing: Proof = {
  name: 'from-nothing',
  claim: 'One `kubectl apply -k` takes a cluster from nothing to a booking through the Service of the router',
  withinMs: 900_000,
  async run(context) {
    const { kubectl, signal, tell, deployments, image } = context
    await removeAll(kubectl, { signal })
    const since = Date.now()
    await applyOverlay(kubectl)
    const applied = Date.now() - since
    tell('applied; a guest asks until a booking is made')
    await startClients(kubectl, { image, signal })
    const booked = await eventually(
      'a guest books',
      availableWithinMs,
      async () => {
        const guest = await context.guests({ bookings: 1, seconds: 1 })
        const { counts } = await guest.ended
        return (counts.booking?.ok ?? 0) > 0 && Date.now() - since
      },
      { everyMs: 1_000, signal },
    )
    await rolledOut(kubectl, deployments, { tell, signal }, availableWithinMs)
    const complete = Date.now() - since
    return [
      promised(
        'from `kubectl apply` to the first booking',
        seconds(booked),
        '≤ 5 min',
        booked <= bookedWithinMs,
      ),
      told('`kubectl apply -k` itself', seconds(applied)),
      told('until all pods of all Deployments were available', seconds(complete)),
    ]
  },
}
