import type { GuestsOptions, GuestsReport } from './client/guests.ts'
import type { SiegeOptions, SiegeReport } from './client/siege.ts'
import type { LogLine } from './client/told.ts'
import type { Kubectl } from './kubectl.ts'

/** One figure of a proof. */
export type Figure = {
  /** What was counted or measured, as a reader would ask for it: "requests failed". */
  readonly what: string
  readonly measured: string | number
  /** What was promised, in words: "0", "≤ 25 s"; figures without one are told for interest. */
  readonly limit?: string
  /** Whether the promise was kept; needed where there is a limit. */
  readonly holds?: boolean
}

/** One row of the table of claims: a file of infra/proof/proofs. */
export type Proof = {
  /** Names it on the command line and in results: `rolling-update`. */
  readonly name: string
  /** The claim, in a sentence. */
  readonly claim: string
  /** It is given up after so long. */
  readonly withinMs: number
  /**
   * Tries it on the cluster, and leaves the cluster as it was found, also when it fails.
   *
   * @throws NotPossibleHere where this cluster has no way to try it; anything else is a failure
   */
  run(context: Context): Promise<readonly Figure[]>
}

/** What a proof has to work with. */
export type Context = {
  readonly kubectl: Kubectl
  /** Aborted when the proof's time is up, or the whole run is stopped. */
  readonly signal: AbortSignal
  /** Tells people how it goes. */
  readonly tell: (line: string) => void
  /** Said in PROOFS.md beside the figures: what this cluster made different. */
  readonly note: (sentence: string) => void
  /** The image that clients run in. */
  readonly image: string
  /** Folders of this repository that have a Deployment: the subgraphs and the router. */
  readonly deployments: readonly string[]
  /** Starts people who book, search and look at My Page without a pause, in the cluster. Told when they have begun. */
  guests(options: Partial<GuestsOptions>): Promise<Load<GuestsReport>>
  /** Lays siege to the router, in the cluster, without kept connections. Told when it has begun. */
  siege(options: Partial<SiegeOptions>): Promise<Load<SiegeReport>>
  /** Starts another client of infra/proof/client, by the name of its file, with the options it takes. */
  client<Report>(script: string, options: object): Promise<Load<Report>>
  /**
   * Waits until nothing is under way, then has the invariants counted by the image's own entrypoint, with all that guests
   * were told in this run. The figure holds if none is violated.
   */
  invariants(): Promise<Figure>
  /** What guests who book were told in this run, as they are told it. */
  readonly log: readonly LogLine[]
  /** Installs Istio where there is none; null where nobody but the cluster's operator can. */
  readonly mesh: Mesh | null
  /** Files with the definitions of the custom kinds of infra/k8s; null where nobody lends them. */
  readonly definitions: readonly string[] | null
  /** What a cluster alone cannot do to its nodes by the API; null where nobody lent a hand (see npm run cluster --help). */
  readonly machines: Machines | null
}

/** A client that runs. */
export type Load<Report> = {
  /** Tells it to stop, and waits for its report. */
  stop(): Promise<Report>
  /** Waits until it ends by itself. */
  readonly ended: Promise<Report>
}

/** Brings Istio's control plane into a cluster. */
export type Mesh = { install(signal: AbortSignal): Promise<void> }

/** Takes the power from a node, all at once, and gives it back. */
export type Machines = {
  kill(node: string): Promise<void>
  revive(node: string): Promise<void>
}

/** Thrown by a proof that this cluster has no way to try: told as such, neither kept nor broken. */
export class NotPossibleHere extends Error {
  override readonly name = 'NotPossibleHere'
}

/** A figure with a limit. */
export const promised = (what: string, measured: string | number, limit: string, holds: boolean): Figure => ({
  ...{ what, measured, limit, holds },
})

/** A figure told for interest. */
export const told = (what: string, measured: string | number): Figure => ({ what, measured })

/** Seconds, as figures have them. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
