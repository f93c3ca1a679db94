import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as BulkUploads from "../src/BulkUploads.ts"
import * as Metrics from "../src/Metrics.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { observe } from "./support/observed.ts"
import { scriptedHttp } from "./support/scriptedHttp.ts"
import { plan, tenant } from "./support/tenant.ts"

const { getBulkUploadStatus } = BulkUploads
const done = Source.named("Done").sourceId
const STATUS = "GET /v2024/non-employee-sources/{id}/non-employee-bulk-upload/status"
const token = { accessToken: Redacted.make("token") }
const quick = RetryPolicy.make({ backoff: 1 })

/** Observes a call whose first try fails with 500. */
const observed = Effect.gen(function* () {
  const [seen, layer] = observe()
  yield* Effect.andThen(plan("status", Fault.gatewayPage(500)), getBulkUploadStatus(done)).pipe(
    Effect.provide(tenant({ retryPolicy: quick }).pipe(Layer.provideMerge(layer)))
  )
  return seen
})

describe("telemetry", () => {
  it.live(
    "the spans of requests have route names and OpenTelemetry's attributes, and only that of the call has the ID",
    () =>
      Effect.gen(function* () {
        const { spans } = yield* observed
        assert.sameMembers(
          spans.filter(({ kind }) => kind === "client").map(({ name }) => name),
          ["POST /oauth/token", STATUS, STATUS]
        )
        assert.deepStrictEqual(
          spans.flatMap(({ attributes, name }) => (attributes.has("sailpoint.source.id") ? [name] : [])),
          ["BulkUploads.status"]
        )
        const [first, second] = spans.filter(({ name }) => name === STATUS)
        assert.strictEqual(first?.attributes.get("http.request.method"), "GET")
        assert.strictEqual(first?.attributes.get("url.template"), STATUS.slice(4))
        assert.strictEqual(first?.attributes.get("http.response.status_code"), 500)
        assert.isFalse(first?.attributes.has("http.request.resend_count"))
        assert.strictEqual(first?.attributes.get("error.type"), "ServerError")
        assert.strictEqual(first?.status._tag === "Ended" && first.status.exit._tag, "Failure")
        assert.strictEqual(second?.attributes.get("http.response.status_code"), 200)
        assert.strictEqual(second?.attributes.get("http.request.resend_count"), 1)
        assert.isFalse(second?.attributes.has("error.type"))
      })
  )

  it.live("without a tracer, the caller's span is unchanged", () =>
    Effect.gen(function* () {
      const span = yield* getBulkUploadStatus(done).pipe(
        Effect.andThen(Effect.currentSpan),
        Effect.withSpan("import")
      )
      assert.strictEqual(span.name, "import")
      assert.deepStrictEqual([...span.attributes], [])
    }).pipe(Effect.provide(tenant()))
  )

  it.live("no span has an invalid ID", () =>
    Effect.gen(function* () {
      const [{ spans }, layer] = observe()
      yield* Effect.flip(getBulkUploadStatus("Contractors")).pipe(
        Effect.provide(Layer.provideMerge(tenant(), layer))
      )
      assert.deepStrictEqual(
        spans.map(({ attributes, name }) => [name, ...attributes]),
        [["BulkUploads.status"]]
      )
    })
  )

  it.live(
    "calls, retries and token requests are counted, requests are measured, and a retry is a debug line",
    () =>
      Effect.gen(function* () {
        const { logs, metrics: read } = yield* observed
        assert.isTrue(logs.some((line) => line.includes("DEBUG") && line.includes("SailPoint answered 500")))
        const metrics = read()
        const count = (wanted: string) =>
          metrics.flatMap(({ attributes, id, state }) =>
            id === wanted ? [{ attributes, count: "count" in state ? Number(state.count) : undefined }] : []
          )
        for (const [name, attributes] of [
          ["status.calls", { outcome: "ok" }],
          ["retries", { reason: "ServerError" }],
          ["token.requests", { outcome: "ok" }]
        ] as const)
          assert.deepStrictEqual(count(`sailpoint.bulk_upload.${name}`), [{ attributes, count: 1 }])
        const durations = count("http.client.request.duration").map(({ attributes, count }) => [
          attributes?.["http.request.method"],
          attributes?.["url.template"],
          attributes?.["http.response.status_code"],
          attributes?.["error.type"],
          count
        ])
        assert.sameDeepMembers(durations, [
          ["POST", "/oauth/token", "200", undefined, 1],
          ["GET", STATUS.slice(4), "200", undefined, 1],
          ["GET", STATUS.slice(4), "500", "ServerError", 1]
        ])
      })
  )

  it.effect.each([
    ["https://acme.api.identitynow.com", "acme.api.identitynow.com", undefined],
    ["http://127.0.0.1:4000", "127.0.0.1", 4000]
  ] as const)("a request of 2 s to %s is measured in seconds, with its server", ([baseUrl, address, port]) =>
    Effect.gen(function* () {
      const [seen, observing] = observe()
      const http = scriptedHttp(() =>
        Effect.as(Effect.sleep("2 seconds"), Response.json({ status: "PENDING" }))
      )
      const live = BulkUploads.layer({ baseUrl, auth: token })
      const context = yield* Layer.build(live.pipe(Layer.provide(http), Layer.provideMerge(observing)))
      yield* TestClock.adjust("1 minute")
      const call = yield* Effect.forkChild(Effect.provideContext(getBulkUploadStatus(done), context))
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(call)
      const metric = seen.metrics().find(({ id }) => id === "http.client.request.duration")
      const attributes = { ...metric?.attributes }
      assert.deepStrictEqual([attributes["server.address"], attributes["server.port"]], [address, port])
      assert.deepInclude(metric?.state ?? {}, { count: 1, min: 2, max: 2, sum: 2 })
    })
  )

  it.effect.each<readonly [name: string, answer: Effect.Effect<Response>, outcome: string]>([
    ["that is interrupted", Effect.interrupt, "interrupted"],
    ["that dies", Effect.die("a defect"), "defect"]
  ])("the metrics of a call %s have its outcome", ([, answer, outcome]) =>
    Effect.gen(function* () {
      const [seen, observing] = observe()
      const live = BulkUploads.layer({ baseUrl: "https://acme.api.identitynow.com", auth: token })
      yield* Effect.exit(getBulkUploadStatus(done)).pipe(
        Effect.provide(live.pipe(Layer.provide(scriptedHttp(() => answer)), Layer.provideMerge(observing)))
      )
      const attributes = new Map(seen.metrics().map(({ attributes, id }) => [id, { ...attributes }]))
      assert.deepStrictEqual(attributes.get("sailpoint.bulk_upload.status.calls"), { outcome })
      const request = attributes.get("http.client.request.duration")
      assert.strictEqual(request?.["error.type"], outcome)
      assert.notProperty(request, "http.response.status_code")
    })
  )

  it.live("the span of a shared request links to the span of the stream of changes", () =>
    Effect.gen(function* () {
      const [{ spans }, observing] = observe()
      yield* Effect.flatMap(BulkUploads.BulkUploads, ({ changes }) => Stream.runDrain(changes(done))).pipe(
        Effect.provide(Layer.provideMerge(tenant(), observing))
      )
      const { links = [] } = spans.find(({ name }) => name === "BulkUploads.request") ?? {}
      assert.isTrue(links.some(({ span }) => "name" in span && span.name === "BulkUploads.changes"))
    })
  )

  it.effect(
    "the metrics have descriptions, the counters only increase, and the histograms have these boundaries, in seconds",
    () =>
      Effect.gen(function* () {
        const boundaries = []
        for (const metric of [Metrics.requestDuration, Metrics.budgetWait]) {
          const { buckets } = yield* Metric.value(metric)
          boundaries.push(buckets.map(([boundary]) => boundary))
          assert.deepStrictEqual(metric.attributes, { unit: "s" })
        }
        for (const metric of Object.values(Metrics)) assert.match(metric.description ?? "", /^\w.+\.$/u)
        for (const counter of [Metrics.statusCalls, Metrics.retries, Metrics.tokenRequests])
          assert.isTrue((yield* Metric.value(counter)).incremental)
        assert.deepStrictEqual(boundaries, [
          [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
          [0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120]
        ])
      })
  )

  it.live("a deprecated API version causes one warning", () =>
    Effect.gen(function* () {
      const [seen, layer] = observe()
      const ask = getBulkUploadStatus(Source.named("Deprecated").sourceId)
      yield* Effect.all([ask, ask, ask]).pipe(Effect.provide(tenant().pipe(Layer.provideMerge(layer))))
      const warnings = seen.logs.filter((line) => line.includes('"level":"WARN"'))
      assert.strictEqual(warnings.length, 1)
      assert.include(warnings[0], "newer API version")
    })
  )
})
