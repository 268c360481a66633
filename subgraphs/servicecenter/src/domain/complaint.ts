import type { RefusalOf } from './refusal.ts'
import { flawOfText } from './rules.ts'

type Filed = {
  readonly id: string
  /** Raised by each event: 1 filed, 2 closed. */
  readonly version: number
  readonly guestId: string
  /** What it is about, if anything. */
  readonly bookingId: string | null
  readonly roomId: string | null
  readonly text: string
  /** ISO 8601, as all instants here. */
  readonly filedAt: string
}

type Settlement = { readonly resolution: string; readonly closedBy: string; readonly closedAt: string }

export type OpenComplaint = Filed & { readonly status: 'OPEN' }
export type ClosedComplaint = Filed & Settlement & { readonly status: 'CLOSED' }
/** Something that a guest complains about. */
export type Complaint = OpenComplaint | ClosedComplaint

/** A guest complains; the complaint's id and the time come with the wish. */
export type FileComplaint = Omit<Filed, 'version'>

/** An agent settles a complaint. */
export type CloseComplaint = Settlement

export type ComplaintFiled = { readonly type: 'ComplaintFiled' } & FileComplaint
export type ComplaintClosed = { readonly type: 'ComplaintClosed' } & Settlement
export type ComplaintEvent = ComplaintFiled | ComplaintClosed

/** The longest text of a complaint and of its resolution, in characters. */
const longestText = 5_000

/** Decides on a new complaint. */
export function file(command: FileComplaint): ComplaintFiled | RefusalOf<'INVALID_INPUT'> {
  return flawOfText('text', command.text, longestText) ?? { type: 'ComplaintFiled', ...command }
}

/** Why a complaint cannot be settled in these words, if so. */
export const flawOfResolution = (resolution: string) => flawOfText('resolution', resolution, longestText)

/** Decides on closing a complaint; 'already' where it is closed. */
export function close(command: CloseComplaint, complaint: Complaint): ComplaintClosed | 'already' {
  return complaint.status === 'CLOSED' ? 'already' : { type: 'ComplaintClosed', ...command }
}

/** The complaint after an event. */
export function evolve(complaint: Complaint | null, event: ComplaintEvent): Complaint {
  if (event.type === 'ComplaintFiled') {
    const { type: _, ...filed } = event
    return { ...filed, version: 1, status: 'OPEN' }
  }
  if (!complaint) throw new Error(`${event.type} of a complaint that was never filed`)
  const { type: _, ...settlement } = event
  return { ...complaint, ...settlement, version: complaint.version + 1, status: 'CLOSED' }
}
