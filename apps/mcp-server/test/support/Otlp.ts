/**
 * What posts to a collector say (OTLP as JSON), in the flat form that tests compare.
 */
import type { Post } from "./OtlpReceiver.ts"

export type Value = string | number | boolean | undefined

export type Attributes = Readonly<Record<string, Value>>

export interface Span {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  /** The IDs of the linked spans. */
  readonly links: ReadonlyArray<string>
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number
  readonly attributes: Attributes
  readonly resource: Attributes
}

export interface Log {
  readonly body: Value
  readonly severity: string
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  readonly attributes: Attributes
}

/** One series: of a histogram the count, of a counter its value. */
export interface Point {
  readonly metric: string
  readonly unit: string
  readonly attributes: Attributes
  readonly count: number
}

interface KeyValue {
  readonly key: string
  readonly value: Readonly<Record<string, string | number | boolean>>
}

const valueOf = ({ value }: KeyValue): Value => Object.values(value)[0]

const attributesOf = (list: ReadonlyArray<KeyValue> = []): Attributes =>
  Object.fromEntries(list.map((entry) => [entry.key, valueOf(entry)]))

interface Raw {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly links?: ReadonlyArray<{ readonly spanId: string }>
  readonly status: { readonly code: number }
  readonly attributes: ReadonlyArray<KeyValue>
  readonly body: KeyValue["value"]
  readonly severityText: string
  readonly unit: string
  readonly sum?: { readonly dataPoints: ReadonlyArray<RawPoint> }
  readonly histogram?: { readonly dataPoints: ReadonlyArray<RawPoint> }
}

interface RawPoint {
  readonly attributes: ReadonlyArray<KeyValue>
  readonly count?: number
  readonly asDouble?: number
  readonly asInt?: number
}

type Group = Readonly<Record<string, ReadonlyArray<Readonly<Record<string, ReadonlyArray<Raw>>>>>>

/** The records of one signal, each with the attributes of its resource. */
const records = (
  { path, body }: Post,
  [signal, resources, scopes, items]: readonly [string, string, string, string]
): ReadonlyArray<readonly [Raw, Attributes]> => {
  if (path !== `/v1/${signal}`) return []
  const groups =
    (JSON.parse(body.toString()) as Readonly<Record<string, ReadonlyArray<unknown>>>)[resources] ?? []
  return groups.flatMap((group) => {
    const { attributes } = (group as { readonly resource: { readonly attributes: ReadonlyArray<KeyValue> } })
      .resource
    return ((group as Group)[scopes] ?? []).flatMap((scope) =>
      (scope[items] ?? []).map((record) => [record, attributesOf(attributes)] as const)
    )
  })
}

export const spansIn = (posts: ReadonlyArray<Post>): ReadonlyArray<Span> =>
  posts
    .flatMap((post) => records(post, ["traces", "resourceSpans", "scopeSpans", "spans"]))
    .map(([{ kind, links = [], name, parentSpanId, spanId, status, traceId, ...rest }, resource]) => ({
      name,
      kind,
      traceId,
      spanId,
      parentSpanId,
      links: links.map(({ spanId }) => spanId),
      resource,
      status: status.code,
      attributes: attributesOf(rest.attributes)
    }))

export const logsIn = (posts: ReadonlyArray<Post>): ReadonlyArray<Log> =>
  posts
    .flatMap((post) => records(post, ["logs", "resourceLogs", "scopeLogs", "logRecords"]))
    .map(([{ attributes, body, severityText, spanId, traceId }]) => ({
      traceId,
      spanId,
      severity: severityText,
      body: valueOf({ key: "body", value: body }),
      attributes: attributesOf(attributes)
    }))

/** As they were at last: every post tells all of them. */
export const pointsIn = (posts: ReadonlyArray<Post>): ReadonlyArray<Point> => {
  const last = posts.findLast(({ path }) => path === "/v1/metrics")
  return (last === undefined ? [] : [last])
    .flatMap((post) => records(post, ["metrics", "resourceMetrics", "scopeMetrics", "metrics"]))
    .flatMap(([{ histogram, name, sum, unit }]) =>
      [...(histogram?.dataPoints ?? []), ...(sum?.dataPoints ?? [])].map((point) => ({
        metric: name,
        unit,
        attributes: attributesOf(point.attributes),
        count: point.count ?? point.asDouble ?? point.asInt ?? 0
      }))
    )
}
