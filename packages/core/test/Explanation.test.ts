import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { Endpoint } from "@sailpoint-bulk-upload/sandbox/Endpoint"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import { ApiClient, type Options as ClientOptions } from "../src/ApiClient.ts"
import * as Explanation from "../src/Explanation.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { apiClient } from "./support/apiClient.ts"
import { observe } from "./support/observed.ts"
import { noBudget } from "./support/spending.ts"
import { auth } from "./support/tenant.ts"
import { transcript } from "./support/transcript.ts"

type Options = Explanation.Options &
  Partial<ClientOptions> & { readonly sources?: ReadonlyArray<Source.Source> }

const live = ({ sources, ...options }: Options = {}) =>
  Layer.unwrap(
    Effect.map(Sandbox.Sandbox, ({ url }) =>
      Explanation.layer({ baseUrl: url, auth, retryPolicy: RetryPolicy.none, ...options })
    )
  ).pipe(Layer.provide(FetchHttpClient.layer), Layer.provideMerge(Sandbox.layer({ sources })))

/** An explanation of one source that is alone in its sandbox; the upload was made an hour ago. */
const explained = (source: Source.Source, options: Options = {}, upload: Explanation.Upload = {}) =>
  Effect.gen(function* () {
    const uploadedAt = DateTime.subtract(yield* DateTime.now, { hours: 1 })
    return yield* Explanation.explain(source.sourceId, { uploadedAt, ...upload })
  }).pipe(Effect.provide(live({ sources: [source], ...options })))

const everything = { countRecords: true, auditEvents: true }

const eventsOf = ({ events }: Explanation.Explained) =>
  events.items.map(
    ({ action, certainty }) => `${action.slice("NON_EMPLOYEE_BULK_IMPORT_".length)} ${certainty}`
  )

const half = Source.named("Half landed")

describe("an explanation", () => {
  it.live.each([
    ["Nothing landed", "ERROR", [40, 0, 0], []],
    ["Half landed", "ERROR", [45, 5, 5], ["FAILED named", "STARTED named"]],
    ["All landed", "COMPLETED", [55, 15, 5], ["PASSED named", "STARTED named"]],
    ["Custom columns", null, [0, 0, 0], []],
    ["Tracked events", "ERROR", [0, 0, 0], ["FAILED tracked", "STARTED named"]],
    ["Unnamed events", "ERROR", [0, 0, 0], ["FAILED near", "STARTED near"]]
  ] as const)("of the source %s has its status, records and events", ([name, status, counts, events]) =>
    Effect.gen(function* () {
      const result = yield* explained(Source.named(name), everything)
      const { changedSince, complete, createdSince, newestCreatedAt, total } = result.records ?? {}
      assert.strictEqual(result.status, status)
      assert.strictEqual(result.settled, status !== null)
      assert.deepStrictEqual([total, createdSince, changedSince], [...counts])
      assert.isTrue(complete)
      assert.strictEqual(newestCreatedAt !== undefined, counts[0] > 0)
      assert.deepStrictEqual(eventsOf(result), [...events])
      assert.strictEqual(result.events.outcome, events.length === 0 ? "none" : "found")
      assert.deepStrictEqual(result.unavailable, [])
      assert.deepStrictEqual(JSON.parse(JSON.stringify(result)), result)
      for (const { certainty, text, ...item } of result.events.items) {
        if (certainty === "near") assert.deepStrictEqual(Object.keys(item), ["action", "at"])
        else if (item.action.endsWith("FAILED")) assert.match(text ?? "", /^The import stopped after/u)
      }
    })
  )

  it.live(
    "reads two records and searches for nothing unless it is switched on, all under the rate limit",
    () =>
      Effect.gen(function* () {
        let spent = 0
        const requestBudget: typeof noBudget = {
          spend: (key, request) => {
            spent += 1
            return noBudget.spend(key, request)
          }
        }
        yield* Effect.gen(function* () {
          const { events, records } = yield* Explanation.explain(half.sourceId)
          const requests = (yield* (yield* Sandbox.Sandbox).received).map(
            ({ method, path }) => `${method} ${decodeURIComponent(path).replaceAll("+", " ")}`
          )
          const listed = `GET /v2024/non-employee-records?filters=sourceId eq "${half.sourceId}"`
          assert.deepStrictEqual(requests.slice(0, 2), [
            "POST /oauth/token",
            `GET /v2024/non-employee-sources/${half.sourceId}/non-employee-bulk-upload/status`
          ])
          assert.deepStrictEqual(requests.slice(2).toSorted(), [
            `${listed}&sorters=-created&limit=1&count=true`,
            `${listed}&sorters=-modified&limit=1`,
            `GET /v2024/non-employee-sources/${half.sourceId}/schema-attributes`
          ])
          assert.strictEqual(spent, requests.length)
          assert.deepStrictEqual(events, { outcome: "off", items: [] })
          assert.notProperty(records, "createdSince")
        }).pipe(Effect.provide(live({ requestBudget })))
      })
  )

  it.live.each([
    [
      "four pages",
      { rows: 1200, before: "10 minutes" },
      {},
      4,
      { createdSince: 995, changedSince: 5, complete: false }
    ],
    [
      "the first older record",
      { rows: 260, before: "10 minutes" },
      {},
      2,
      { createdSince: 255, changedSince: 5 }
    ],
    [
      "24 hours ago by default",
      { rows: 20, before: "25 hours" },
      { uploadedAt: undefined },
      1,
      { createdSince: 0 }
    ]
  ] as const)("counts records up to %s", ([, past, upload, pages, expected]) =>
    Effect.gen(function* () {
      const { records, received } = yield* Effect.gen(function* () {
        const uploadedAt = DateTime.subtract(yield* DateTime.now, { hours: 1 })
        const { records } = yield* Explanation.explain(half.sourceId, { uploadedAt, ...upload })
        return { records, received: yield* (yield* Sandbox.Sandbox).received }
      }).pipe(
        Effect.provide(
          live({
            countRecords: true,
            sources: [{ ...Source.named("All landed"), sourceId: half.sourceId, past }]
          })
        )
      )
      assert.include(records, { complete: true, ...expected })
      assert.lengthOf(
        received.filter(({ path }) => path.includes("limit=250")),
        pages
      )
    })
  )

  it.live("finds the records and events of a dashed ID through the source itself", () =>
    Effect.gen(function* () {
      const result = yield* Explanation.explain(half.id)
      const posts = (yield* (yield* Sandbox.Sandbox).received).filter(({ method }) => method !== "GET")
      assert.deepStrictEqual(
        posts.map(({ method, path }) => `${method} ${path}`),
        ["POST /oauth/token", "POST /v2024/search?limit=50"],
        "nothing else can change anything"
      )
      assert.include(result.records, { total: 45, createdSince: 5 })
      assert.include(eventsOf(result), "FAILED named")
      assert.strictEqual(result.sourceId, half.id)
    }).pipe(Effect.provide(live(everything)))
  )

  it.live.each([
    ["fails", { _tag: "Respond", status: 403 } as const, "Forbidden", /idn:nelm:read/u],
    [
      "names no other ID",
      { _tag: "Respond", status: 200, body: {} } as const,
      "NotFound",
      /try the other one/u
    ]
  ] as const)("says that a dashed ID has no records if its source %s", ([, fault, error, nextStep]) =>
    Effect.gen(function* () {
      yield* (yield* Sandbox.Sandbox).fail({ endpoint: "source", fault })
      const { records, unavailable } = yield* Explanation.explain(half.id)
      const missing = unavailable.find(({ what }) => what === "records")
      assert.isUndefined(records)
      assert.strictEqual(missing?.error, error)
      assert.match(missing?.nextStep ?? "", nextStep)
    }).pipe(Effect.provide(live()))
  )

  it.live("fails with its status, and requests nothing else then", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Respond", status: 403 } })
      assert.strictEqual((yield* Effect.flip(Explanation.explain(half.sourceId)))._tag, "Forbidden")
      assert.strictEqual((yield* Effect.flip(Explanation.explain("Contractors")))._tag, "InvalidSourceId")
      assert.deepStrictEqual(
        (yield* sandbox.received).map(({ endpoint }) => endpoint),
        ["token", "status"]
      )
    }).pipe(Effect.provide(live(everything)))
  )

  it.live.each(
    (["source", "records", "schemaAttributes", "search"] as const).flatMap((endpoint) =>
      (
        [
          ["Forbidden", { _tag: "Respond", status: 403 }],
          ["NotFound", { _tag: "Respond", status: 404 }],
          ["RateLimited", Fault.rateLimited("1")],
          ["RequestTimeout", { _tag: "Silent" }],
          ["UnexpectedResponse", Fault.gatewayPage(200)]
        ] as const satisfies ReadonlyArray<readonly [string, Fault.Fault]>
      ).map(([error, fault]) => [endpoint, error, fault] as const)
    )
  )("is given without what %s has if it fails with %s", ([endpoint, error, fault]) =>
    Effect.gen(function* () {
      yield* (yield* Sandbox.Sandbox).fail({ endpoint, fault, times: 9 })
      const result = yield* Explanation.explain(half.sourceId, { csvHeader: "accountName;email" })
      const missing: ReadonlyArray<string> = {
        source: ["source"],
        records: ["records", "counts"],
        schemaAttributes: ["columns"],
        search: ["events"]
      }[endpoint]
      // After a 429, requests that were not sent yet are held back, too.
      const found = result.unavailable.filter(({ what }) => error !== "RateLimited" || missing.includes(what))
      assert.deepStrictEqual(
        found.map(({ what }) => what),
        missing
      )
      for (const { error: tag, nextStep } of found) {
        assert.strictEqual(tag, error)
        assert.isNotEmpty(nextStep)
      }
      assert.strictEqual(result.status, "ERROR")
      assert.include(result.columns?.problems ?? [], "The columns are separated by semicolons: use commas.")
      assert.deepStrictEqual(result.columns?.unknown, [])
      if (endpoint === "search") {
        assert.strictEqual(result.events.outcome, error === "Forbidden" ? "notPermitted" : "failed")
      }
    }).pipe(Effect.provide(live({ ...everything, attemptTimeout: "2 seconds" })))
  )

  it.effect("keeps to one deadline, and gives what came before it", () =>
    Effect.gen(function* () {
      const slow = apiClient((call) =>
        call.subject.operation === "status"
          ? Effect.delay(Effect.orDie(Effect.fromResult(call.decode('{"status":"ERROR"}'))), "30 seconds")
          : Effect.never
      )
      const explaining = yield* Explanation.explain(half.sourceId).pipe(
        Effect.provide(
          Explanation.layerApiClient(everything).pipe(Layer.provide(Layer.succeed(ApiClient, slow)))
        ),
        Effect.forkChild
      )
      yield* TestClock.adjust("39 seconds")
      assert.isUndefined(explaining.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const { status, unavailable } = yield* Fiber.join(explaining)
      assert.strictEqual(status, "ERROR")
      assert.deepStrictEqual(
        unavailable.map(({ error, what }) => `${what} ${error}`),
        ["source", "records", "counts", "columns", "events"].map((what) => `${what} RequestTimeout`)
      )
    })
  )

  it.effect("fails if there is no status by its deadline", () =>
    Effect.gen(function* () {
      const silent = Layer.succeed(
        ApiClient,
        apiClient(() => Effect.never)
      )
      const explaining = yield* Effect.flip(Explanation.explain(half.sourceId)).pipe(
        Effect.provide(Explanation.layerApiClient({ deadline: "5 seconds" }).pipe(Layer.provide(silent))),
        Effect.forkChild
      )
      yield* TestClock.adjust("5 seconds")
      assert.include(yield* Fiber.join(explaining), { _tag: "RequestTimeout", operation: "status" })
    })
  )

  const event = {
    action: "NON_EMPLOYEE_BULK_IMPORT_FAILED",
    created: "2026-11-28T10:00:00Z",
    attributes: { sourceName: half.name }
  }
  it.live.each([
    ["another action", { ...event, action: "NON_EMPLOYEE_BULK_EXPORT_FAILED" }, []],
    ["an action in other letters", { ...event, action: event.action.toLowerCase() }, []],
    ["no time", { ...event, created: null }, []],
    ["the name of the source", event, ["FAILED named"]],
    [
      "the source as its target",
      { ...event, attributes: null, target: { name: half.name } },
      ["FAILED named"]
    ],
    ["either ID of the source", { ...event, attributes: { sourceId: half.id } }, ["FAILED named"]],
    [
      "the ID of another source",
      { ...event, attributes: { sourceId: "0", sourceName: half.name } },
      ["FAILED near"]
    ],
    ["part of the name", { ...event, attributes: { sourceName: "Half" } }, ["FAILED near"]]
  ] as const)("takes an event with %s for what it is", ([, document, expected]) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.fail({
        endpoint: "search",
        fault: { _tag: "Respond", status: 200, body: [document, 1] }
      })
      assert.deepStrictEqual(eventsOf(yield* Explanation.explain(half.sourceId)), [...expected])
    }).pipe(Effect.provide(live({ auditEvents: true })))
  )

  it.live("quotes the text of an event cleaned and cut", () =>
    Effect.gen(function* () {
      const errors = ["Line\n2:\u001B[31m bad\u202E", 7, "x".repeat(999)]
      const attributes = { sourceName: half.name, errors, password: "not a text of the event" }
      const body = [{ ...event, actor: { name: "a\u0000b" }, attributes }]
      yield* (yield* Sandbox.Sandbox).fail({
        endpoint: "search",
        fault: { _tag: "Respond", status: 200, body }
      })
      const [item] = (yield* Explanation.explain(half.sourceId)).events.items
      assert.strictEqual(item?.actor, "ab")
      assert.strictEqual(item?.text, `Line 2: bad ${"x".repeat(227)}…`)
    }).pipe(Effect.provide(live({ auditEvents: true })))
  )

  it.live.each([
    ["the header, if it has a fault", half, { csvHeader: "accountName" }, /^The header/u],
    ["SailPoint's own words, if there are any", half, {}, /^SailPoint's own words/u],
    ["the rows, if some landed", { ...half, events: "none" }, {}, /manager is the account ID/u],
    ["the file's columns, if nothing landed", Source.named("Nothing landed"), {}, /^The first line/u],
    [
      "the limit, if it is near",
      { ...Source.named("Nothing landed"), records: 19_500 },
      {},
      /20000 accounts/u
    ]
  ] as const)("puts first %s", ([, source, upload, first]) =>
    Effect.gen(function* () {
      const { checks, nextStep } = yield* explained(source, { auditEvents: true }, upload)
      assert.match(checks[0] ?? "", first)
      assert.match(nextStep, /does not say which rows failed/u)
    })
  )

  it.live("puts another upload first if two of the source began and nothing landed", () =>
    Effect.gen(function* () {
      const started = { ...event, action: "NON_EMPLOYEE_BULK_IMPORT_STARTED" }
      const body = [started, started]
      yield* (yield* Sandbox.Sandbox).fail({
        endpoint: "search",
        fault: { _tag: "Respond", status: 200, body }
      })
      const { checks } = yield* Explanation.explain(half.sourceId)
      assert.match(checks[0] ?? "", /^No other upload/u)
    }).pipe(Effect.provide(live({ auditEvents: true })))
  )

  it.live.each([
    ["of records that are all older", "older", 1],
    ["of records without a time", undefined, 0]
  ] as const)(
    "warns that nothing landed after COMPLETED because %s only if that is known",
    ([, time, warnings]) =>
      Effect.gen(function* () {
        const times = time && { created: "2020-01-01T00:00:00Z", modified: "2020-01-01T00:00:00Z" }
        const fault = {
          _tag: "Respond",
          status: 200,
          body: [{ ...times }],
          headers: { "x-total-count": "1" }
        } as const
        yield* (yield* Sandbox.Sandbox).fail({ endpoint: "records", fault, times: 2 })
        const uploadedAt = DateTime.makeUnsafe("2026-01-01T00:00:00Z")
        const { checks } = yield* Explanation.explain(Source.named("All landed").sourceId, { uploadedAt })
        assert.lengthOf(checks, warnings)
      }).pipe(Effect.provide(live()))
  )

  it.effect.each([
    ["true", "counts"],
    [" false ", "does not count"],
    ["", "does not count"],
    ["yes", "names SAIL_COUNT_RECORDS"]
  ] as const)("with SAIL_COUNT_RECORDS=%s it %s", ([value, expected]) =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const env = {
        SAIL_BASE_URL: url,
        SAIL_CLIENT_ID: "sandbox",
        SAIL_CLIENT_SECRET: "sandbox-secret",
        SAIL_COUNT_RECORDS: value
      }
      const outcome = yield* Explanation.explain(half.sourceId).pipe(
        Effect.map(({ records }) => (records?.createdSince === undefined ? "does not count" : "counts")),
        Effect.provide(Explanation.layerConfig().pipe(Layer.provide(FetchHttpClient.layer))),
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
        Effect.catchTag("InvalidSettings", ({ problems }) => Effect.succeed(`names ${problems[0]?.variable}`))
      )
      assert.strictEqual(outcome, expected)
    }).pipe(Effect.provide(Sandbox.layer()))
  )
})

/** A person, wherever an answer can have one. */
const person = { firstName: "Canary", email: "canary@example.com", phone: "2025550199" }
const said = {
  ...person,
  detailCode: "Canary",
  trackingId: "canary",
  error: "Canary",
  messages: [{ text: "Canary" }]
}
const answer = (status: number, body: unknown = said): Fault.Fault => ({ _tag: "Respond", status, body })

describe("personal data", () => {
  it.live.each([
    ["every answer as it should be", [], 0],
    ...([200, 400, 401, 403, 404, 418, 429, 500, 503] as const).map(
      (status) => [`a person in every answer with ${status}`, [answer(status)], 9] as const
    ),
    [
      "a list of people whose times are none",
      [answer(200, [{ ...person, created: "Canary", modified: 5 }])],
      9
    ],
    ["a page about a person", [answer(200, "<p>Canary 2025550199</p>")], 9],
    ["half an answer", [{ _tag: "CutOff" } as const], 9],
    [
      "a redirect with a person in it",
      [{ _tag: "Respond", status: 302, headers: { location: "/?q=Canary" } } as const],
      9
    ]
  ] as ReadonlyArray<readonly [string, ReadonlyArray<Fault.Fault>, number]>)(
    "is shown nowhere at the lowest log level through %s",
    ([, faults, times]) =>
      Effect.gen(function* () {
        const [seen, observing] = observe()
        const result = yield* Effect.gen(function* () {
          const sandbox = yield* Sandbox.Sandbox
          for (const endpoint of ["source", "records", "search"] satisfies ReadonlyArray<Endpoint>) {
            for (const fault of faults) yield* sandbox.fail({ endpoint, fault, times })
          }
          return [
            yield* Effect.exit(Explanation.explain(half.sourceId)),
            yield* Effect.exit(Explanation.explain(half.id))
          ]
        }).pipe(
          Effect.provide(
            live({
              ...everything,
              requestBudget: noBudget,
              retryPolicy: RetryPolicy.make({ retries: 1, backoff: 1, maxRetryAfter: 0 })
            }).pipe(Layer.provideMerge(observing))
          )
        )
        assert.isTrue(result.every(Exit.isSuccess))
        const everythingShown = transcript(seen, ...result)
        assert.include(everythingShown, "Explanation.explain", "the spans were seen")
        assert.notMatch(everythingShown, /canary|@example\.com|20255501|Storybook|Madeup|Fiction/iu)
      })
  )
})
