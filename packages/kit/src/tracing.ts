import { type Attributes, SpanKind } from '@opentelemetry/api'
import { type Correlation, correlated, correlationUnderWay, newCorrelation } from './context.ts'
import { Span, type SpanOptions, type SpanSink } from './span.ts'
import { childOf, isSampled } from './traceparent.ts'

export { SpanKind } from '@opentelemetry/api'
export type { Span } from './span.ts'

/** Where spans go; while there is nothing, none are made. */
let sink: SpanSink | undefined

/** Has spans made and sent to `to` from now on; none without it. */
export function sendSpansTo(to: SpanSink | undefined): void {
  sink = to
}

type Options = SpanOptions & {
  /** What its span is to be below, where that is not what is being done now. */
  readonly under?: Correlation
  /** The trace was begun for this work: its span is the first one and has the id of the correlation. */
  readonly begins?: boolean
}

/**
 * Does `work` as a span of the trace that is under way: all that it causes, here and in other services, is below it. Where
 * the trace is not sampled, or spans are off, it is just done, and given no span. It has failed when it throws.
 */
export function traced<Result>(
  name: string,
  options: Options,
  work: (span: Span | undefined) => Result,
): Result {
  const under = options.under ?? correlationUnderWay()
  if (!sink || !under || !isSampled(under.traceparent)) return work(undefined)
  const { traceparent, correlationId } = under
  const span = options.begins
    ? new Span(sink, name, traceparent, undefined, options)
    : new Span(sink, name, childOf(traceparent), traceparent, options)
  return correlated({ correlationId, traceparent: span.traceparent, span }, finish, span, work)
}

function finish<Result>(span: Span, work: (span: Span) => Result): Result {
  const fail = (error: unknown) => {
    span.fail(error)
    span.end()
    throw error
  }
  try {
    const result = work(span)
    if (!(result instanceof Promise)) {
      span.end()
      return result
    }
    const ended = result.then((value: unknown) => {
      span.end()
      return value
    }, fail)
    return ended as Result
  } catch (error) {
    return fail(error)
  }
}

/** The span of what is being done now, if it is recorded. */
export const spanUnderWay = (): Span | undefined => correlationUnderWay()?.span

/** What is being done now, for `tracedTogether`; nothing is asked while spans are off. */
export const callerUnderWay = (): Correlation | undefined => (sink ? correlationUnderWay() : undefined)

/**
 * Does `work` for several callers at once. Each whose trace is sampled has a span of it, so that no trace lacks the time that it
 * took; what it causes is below the first one's, to which the others are linked. For one caller it is done as by that one.
 */
export function tracedTogether<Result>(
  callers: readonly (Correlation | undefined)[],
  work: () => Promise<Result>,
): Promise<Result> {
  if (!sink) return work()
  const [lead, ...others] = callers.filter(isRecorded)
  // Without a word it would belong to whoever was worked for last.
  if (!lead) return correlated(callers[0] ?? newCorrelation(), work)
  if (callers.length === 1) return correlated(lead, work)
  const attributes: Attributes = { 'myhotel.batch.size': callers.length }
  return traced('batch', { under: lead, attributes }, (span) => {
    const links = span && [span.traceparent]
    const done = work()
    for (const under of others)
      traced('batch', { under, attributes, links }, () => done).catch(() => undefined)
    return done
  })
}

const isRecorded = (caller: Correlation | undefined): caller is Correlation =>
  caller !== undefined && isSampled(caller.traceparent)

/**
 * A port some of whose methods are calls of another system, and spans: `<name> <method>`. `tell` says more of what was answered.
 */
export function withSpans<Port extends object, Answer>(
  name: string,
  port: Port,
  methods: readonly (keyof Port & string)[],
  { attributes, tell }: { attributes: Attributes; tell?: (answer: Answer) => Attributes },
): Port {
  const options = { kind: SpanKind.CLIENT, attributes }
  const spanned = (method: string) => {
    const ask = Reflect.get(port, method) as (...given: unknown[]) => Promise<Answer>
    return (...given: unknown[]) =>
      traced(`${name} ${method}`, options, async (span) => {
        const answer = await ask.apply(port, given)
        if (tell) span?.set(tell(answer))
        return answer
      })
  }
  const seen = new Map<string | symbol, unknown>(methods.map((method) => [method, spanned(method)]))
  return new Proxy(port, { get: (target, key) => seen.get(key) ?? Reflect.get(target, key) })
}
