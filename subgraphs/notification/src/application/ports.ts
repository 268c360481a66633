import type { Outcome, Verdict } from '../domain/delivery.ts'
import type { Channel, Message, Notification } from '../domain/notification.ts'
import type { PushSubscription } from '../domain/push-subscription.ts'

export type Clock = () => Date

/** What something belongs to, and with it all that follows from it. */
export type Correlation = { readonly correlationId: string; readonly traceparent: string }

/** What is to be said of one event. */
export type Told = {
  readonly eventId: string
  readonly messages: readonly Message[]
  /** What the event belongs to. */
  readonly under: Correlation
}

/** Sends what a policy found to say. It works inside the transaction in which the events are received. */
export type Outgoing = {
  /**
   * Stores messages with a delivery for each channel, and announces them. What was said of an event before is
   * not said again.
   */
  send(told: readonly Told[], sentAt: Date): Promise<void>
}

/** A user's own notifications. */
export type Notifications = {
  /** Newest first, older than `before` where it is given. */
  newest(recipientId: string, page: { limit: number; before: string | null }): Promise<Notification[]>
  /** Marks those of `ids` that are the recipient's and unread, and announces it; answers what it marked. */
  markRead(
    recipientId: string,
    ids: readonly string[],
    readAt: Date,
  ): Promise<{ id: string; version: number }[]>
}

/** One attempt to bring one message to its recipient by one channel. */
export type Delivery = {
  readonly notificationId: string
  readonly channel: Channel
  /** This attempt's number, from 1. */
  readonly attempt: number
  readonly sentAt: Date
  readonly message: Message
  /** What the event belongs to that it tells of; null where an earlier version stored it. */
  readonly under: Correlation | null
}

/** The deliveries that are still to be made. */
export type Deliveries = {
  /** Takes up to `limit` that are due; no other worker gets them before `leaseMs` have passed. */
  take(channel: Channel, limit: number, leaseMs: number): Promise<Delivery[]>
  /** Writes down what became of an attempt, unless another worker has taken the delivery since. */
  settle(delivery: Delivery, verdict: Verdict): Promise<void>
}

/** A way to recipients other than the in-app inbox. May throw, which counts as failed. */
export type Carrier = {
  readonly channel: Channel
  deliver(delivery: Delivery): Promise<Outcome>
  close(): Promise<void>
}

/** Where mail reaches a user; null where it does not. */
export type AddressBook = { mailAddressOf(userId: string): string | null }

export type PushSubscriptions = {
  /** Keeps it as this user's; of a user's subscriptions the newest ten are kept. */
  save(userId: string, subscription: PushSubscription, at: Date): Promise<void>
  /** Whether there was one. */
  remove(userId: string, endpoint: string): Promise<boolean>
  of(userId: string): Promise<PushSubscription[]>
}
