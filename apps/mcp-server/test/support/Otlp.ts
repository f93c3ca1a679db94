/** The spans, logs and metrics in posts to a collector (OTLP as JSON), in a flat form. */
import type { Post } from "./OtlpReceiver.ts"

export type Value = string | number | boolean | undefined

export type Attributes = Readonly<Record<string, Value>>

export type Span = ReturnType<typeof spansIn>[number]

export type Point = ReturnType<typeof pointsIn>[number]

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
  readonly description: string
  readonly sum?: { readonly dataPoints: ReadonlyArray<RawPoint>; readonly isMonotonic: boolean }
  readonly histogram?: { readonly dataPoints: ReadonlyArray<RawPoint> }
}

interface RawPoint {
  readonly attributes: ReadonlyArray<KeyValue>
  readonly count?: number
  readonly asDouble?: number
  readonly asInt?: number
}

type Scopes = ReadonlyArray<Readonly<Record<string, ReadonlyArray<Raw>>>>
type Group = { readonly resource: Pick<Raw, "attributes"> } & { readonly [scopes in Scoped]?: Scopes }
type Scoped = "scopeSpans" | "scopeLogs" | "scopeMetrics"

/** The records of one signal, each with the attributes of its resource. */
const records = (
  posts: ReadonlyArray<Post>,
  signal: "traces" | "logs" | "metrics",
  [resources, scopes, items]: readonly [string, Scoped, string]
) =>
  posts
    .filter(({ path }) => path === `/v1/${signal}`)
    .flatMap(({ body }): ReadonlyArray<Group> => JSON.parse(body.toString())[resources] ?? [])
    .flatMap((group) => {
      const resource = attributesOf(group.resource.attributes)
      return (group[scopes] ?? []).flatMap((scope) =>
        (scope[items] ?? []).map((record) => [record, resource] as const)
      )
    })

/** The status is 0 (unset), 1 (OK) or 2 (error); links are the IDs of the linked spans. */
export const spansIn = (posts: ReadonlyArray<Post>) =>
  records(posts, "traces", ["resourceSpans", "scopeSpans", "spans"]).map(
    ([{ kind, links = [], name, parentSpanId, spanId, status, traceId, ...rest }, resource]) => ({
      name,
      kind,
      traceId,
      spanId,
      parentSpanId,
      links: links.map(({ spanId }) => spanId),
      resource,
      status: status.code,
      attributes: attributesOf(rest.attributes)
    })
  )

export const logsIn = (posts: ReadonlyArray<Post>) =>
  records(posts, "logs", ["resourceLogs", "scopeLogs", "logRecords"]).map(
    ([{ attributes, body, severityText, spanId, traceId }]) => ({
      traceId,
      spanId,
      severity: severityText,
      body: valueOf({ key: "body", value: body }),
      attributes: attributesOf(attributes)
    })
  )

/** The series of the last post, which has all: the count of a histogram, the value of a counter. */
export const pointsIn = (posts: ReadonlyArray<Post>) => {
  const last = posts.filter(({ path }) => path === "/v1/metrics").slice(-1)
  return records(last, "metrics", ["resourceMetrics", "scopeMetrics", "metrics"]).flatMap(
    ([{ description, histogram, name, sum, unit }]) =>
      [...(histogram?.dataPoints ?? []), ...(sum?.dataPoints ?? [])].map((point) => ({
        metric: name,
        description,
        unit,
        isMonotonic: sum?.isMonotonic,
        attributes: attributesOf(point.attributes),
        count: point.count ?? point.asDouble ?? point.asInt ?? 0
      }))
  )
}
