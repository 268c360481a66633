import { type StartOfDay, writesOf } from '../views/project.ts'
import type { Published, Step } from './ports.ts'

/**
 * The step that an event is to My Page. Events that it does not show are steps too, so that gaps can be told.
 * @throws where the event's data do not fit its contract.
 */
export function stepOf(event: Published, startOfDay: StartOfDay): Step {
  return { ...emptyStepOf(event), writes: writesOf(event, startOfDay) }
}

/** The step over an event that cannot be used: those after it may come. */
export function emptyStepOf({ context, aggregateId, version, time }: Published): Step {
  // An event without a readable time is as good as any other; it only says nothing about how far the page is.
  return { aggregate: `${context}.${aggregateId}`, version, at: Date.parse(time) || 0, writes: [] }
}
