import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as UrlParams from "effect/http/UrlParams"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { Endpoint } from "@sailpoint-bulk-upload/sandbox/Endpoint"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as ApiClient from "../src/ApiClient.ts"
import * as BulkUploadStatus from "../src/BulkUploadStatus.ts"
import * as Explanation from "../src/Explanation.ts"
import { ApiClient as Client } from "../src/internal/apiClient.ts"
import { checksFor } from "../src/internal/advice.ts"
import type { Records } from "../src/internal/records.ts"
import { plainText } from "../src/internal/plainText.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { apiClient } from "./support/apiClient.ts"
import { observe } from "./support/observed.ts"
import { noBudget } from "./support/spending.ts"
import { auth } from "./support/tenant.ts"
import { transcript } from "./support/transcript.ts"

interface Setting extends Explanation.Options, Partial<ApiClient.Options> {
  readonly sources?: ReadonlyArray<Source.Source> | undefined
  /** Faults that replace the answers of endpoints. */
  readonly faults?: ReadonlyArray<readonly [Endpoint, Fault.Fault]>
}

/** Large answers take a second on an idle machine, and longer on a busy one. */
const PATIENCE = 60_000

const half = Source.named("Half landed")
const everything = { countRecords: true, auditEvents: true }

const live = ({ faults = [], sources, ...options }: Setting) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { fail, url } = yield* Sandbox.Sandbox
      for (const [endpoint, fault] of faults) yield* fail({ endpoint, fault, times: 9 })
      return Layer.provide(
        Explanation.layerApiClient(options),
        ApiClient.layer({ baseUrl: url, auth, retryPolicy: RetryPolicy.none, ...options })
      )
    })
  ).pipe(Layer.provide(FetchHttpClient.layer), Layer.provideMerge(Sandbox.layer({ sources })))

/** Explains an upload from an hour ago. Returns the explanation and the requests. */
const explained = (setting: Setting = {}, upload: Explanation.Upload = {}, sourceId = half.sourceId) =>
  Effect.gen(function* () {
    const uploadedAt = DateTime.subtract(yield* DateTime.now, { hours: 1 })
    const result = yield* Explanation.explain(sourceId, { uploadedAt, ...upload })
    const received = yield* (yield* Sandbox.Sandbox).received
    return { result, requests: received.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`) }
  }).pipe(Effect.provide(live(setting)))

const answer = (status: number, body?: unknown, headers = {}) =>
  ({ _tag: "Respond", status, body, headers }) as const

const ours = { sourceName: half.name }
const event = (kind: "STARTED" | "PASSED" | "FAILED", minute = 0, attributes: object | null = ours) => ({
  action: `NON_EMPLOYEE_BULK_IMPORT_${kind}`,
  created: `2026-11-28T10:0${minute}:00Z`,
  attributes
})
const failed = (attributes: object | null = ours) => event("FAILED", 0, attributes)

const found = (...documents: ReadonlyArray<unknown>): Setting => ({
  auditEvents: true,
  faults: [["search", answer(200, documents)]]
})

const eventsOf = ({ events }: Explanation.Explained) =>
  events.items
    .map(({ action, certainty }) => `${action.slice("NON_EMPLOYEE_BULK_IMPORT_".length)} ${certainty}`)
    .join(", ")

const missingIn = ({ unavailable }: Explanation.Explained) =>
  unavailable.map(({ error, what }) => `${what} ${error}`)

/** Begins an explanation whose requests get their answers after 10 seconds, or never. */
const answeredAfter10s = (answers: Readonly<Record<string, string>>) =>
  Explanation.explain(half.sourceId).pipe(
    Effect.provide(Explanation.layerApiClient(everything)),
    Effect.provideService(
      Client,
      apiClient(({ decode, subject: { operation } }) => {
        const body = answers[operation]
        if (body === undefined) return Effect.never
        const headers = Headers.fromInput({ "x-total-count": "0" })
        return Effect.delay(Effect.orDie(Effect.fromResult(decode(body, plainText, headers))), "10 seconds")
      })
    ),
    Effect.forkChild
  )

describe("Explanation.explain", () => {
  it.live.each([
    ["Nothing landed", "ERROR", [40, 0, 0], ""],
    ["Half landed", "ERROR", [45, 5, 5], "FAILED named, STARTED named"],
    ["All landed", "COMPLETED", [55, 15, 5], "PASSED named, STARTED named"],
    ["Custom columns", null, [0, 0, 0], ""],
    ["Tracked events", "ERROR", [0, 0, 0], "FAILED tracked, STARTED named"],
    ["Unnamed events", "ERROR", [0, 0, 0], "FAILED near, STARTED near"]
  ] as const)(
    "explain returns the status, columns, records and events of the source %s",
    ([name, status, counts, events]) =>
      Effect.gen(function* () {
        const source = Source.named(name)
        const { result } = yield* explained({ ...everything, sources: [source] }, {}, source.sourceId)
        const { changedSince, complete, createdSince, newestCreatedAt, total } = result.records ?? {}
        assert.strictEqual(result.status, status)
        assert.strictEqual(result.settled, status !== null)
        assert.strictEqual(result.meaning, BulkUploadStatus.meaning(status))
        assert.strictEqual(result.columns?.required.includes("costCenter"), name === "Custom columns")
        assert.strictEqual(result.columns?.optional.includes("badgeDate"), name === "Custom columns")
        assert.deepStrictEqual([total, createdSince, changedSince], [...counts])
        assert.isTrue(complete)
        assert.strictEqual(newestCreatedAt !== undefined, counts[0] > 0)
        assert.strictEqual(eventsOf(result), events)
        assert.strictEqual(result.events.outcome, events === "" ? "none" : "found")
        assert.deepStrictEqual(result.unavailable, [])
        assert.deepStrictEqual(JSON.parse(JSON.stringify(result)), result)
        for (const { certainty, text, ...item } of result.events.items) {
          if (certainty === "near") assert.deepStrictEqual(Object.keys(item), ["action", "at"])
          else if (item.action.endsWith("FAILED")) assert.match(text ?? "", /^The import stopped after/u)
        }
      })
  )

  it.live("explain reads two records and searches nothing by default, all under the rate limit", () =>
    Effect.gen(function* () {
      let spent = 0
      const requestBudget: typeof noBudget = {
        spend: (key, request) => {
          spent += 1
          return noBudget.spend(key, request)
        }
      }
      const { requests, result } = yield* explained({ requestBudget })
      const listed = `GET /v2024/non-employee-records?filters=sourceId+eq+"${half.sourceId}"`
      assert.deepStrictEqual(requests.toSorted(), [
        `${listed}&sorters=-created&limit=1&offset=0&count=true`,
        `${listed}&sorters=-modified&limit=1&offset=0&count=true`,
        `GET /v2024/non-employee-sources/${half.sourceId}/non-employee-bulk-upload/status`,
        `GET /v2024/non-employee-sources/${half.sourceId}/schema-attributes`,
        "POST /oauth/token"
      ])
      assert.strictEqual(spent, requests.length)
      assert.deepStrictEqual(result.events, { outcome: "off", items: [] })
      assert.notProperty(result.records, "createdSince")
      assert.deepInclude(result.columns, { missing: [], unknown: [], problems: [] })
    })
  )

  it.live.each([
    ["four pages", 1200, 5, {}, 4, { createdSince: 995, changedSince: 5, complete: false }],
    ["the last of 1,000 records", 1000, 0, {}, 4, { createdSince: 1000 }],
    ["the first older record", 260, 40, {}, 2, { createdSince: 255, changedSince: 5 }],
    ["24 hours ago by default", 0, 40, { uploadedAt: undefined }, 1, { createdSince: 0 }],
    ["23 hours and 59 minutes ago by default", 20, 40, { uploadedAt: undefined }, 1, { createdSince: 15 }]
  ] as const)(
    "explain counts records and events up to %s",
    ([, rows, records, upload, pages, expected]) =>
      Effect.gen(function* () {
        const minutes = rows === 0 ? 1441 : "uploadedAt" in upload ? 1439 : 10
        const past = { rows: rows || 20, before: `${minutes} minutes` } as const
        const sources = [{ ...Source.named("All landed"), sourceId: half.sourceId, records, past }]
        const { requests, result } = yield* explained({ ...everything, sources }, upload)
        assert.include(result.records, { complete: true, ...expected })
        assert.strictEqual(eventsOf(result), rows === 0 ? "" : "PASSED named, STARTED named")
        assert.lengthOf(
          requests.filter((request) => request.includes("limit=250")),
          pages
        )
      }),
    PATIENCE
  )

  it.live("explain returns the counts even if the newest records cannot be read", () =>
    Effect.gen(function* () {
      const transformClient = HttpClient.mapRequest((request) =>
        UrlParams.getAll(request.urlParams, "sorters").includes("-created")
          ? HttpClientRequest.setUrlParam(request, "count", "false")
          : request
      )
      const { result } = yield* explained({ countRecords: true, transformClient })
      assert.deepStrictEqual(missingIn(result), ["records UnexpectedResponse"])
      assert.match(result.nextStep, /^Some records were created or changed/u)
      assert.include(result.records, { total: 45, createdSince: 5, changedSince: 5, complete: true })
      assert.notProperty(result.records, "newestCreatedAt")
    })
  )

  it.live.each([
    ["v2024", "/v2024/search"],
    ["v1", "/search/v1"]
  ] as const)(
    "explain finds records and events of a dashed ID in %s, with %s as its only POST besides the token",
    ([apiVersion, search]) =>
      Effect.gen(function* () {
        const { requests, result } = yield* explained({ ...everything, apiVersion }, {}, half.id)
        assert.deepStrictEqual(
          requests.filter((request) => !request.startsWith("GET ")),
          ["POST /oauth/token", `POST ${search}?limit=50`]
        )
        assert.include(result.records, { total: 45, createdSince: 5 })
        assert.include(eventsOf(result), "FAILED named")
        assert.strictEqual(result.sourceId, half.id)
      })
  )

  const withoutHex = ["UnexpectedResponse", "the source has no sourceId of 32 hexadecimal digits."] as const
  it.live.each<readonly [Fault.Fault, error: string, reason?: string]>([
    [answer(403), "Forbidden"],
    [answer(200, {}), ...withoutHex],
    [answer(200, { sourceId: [half.sourceId] }), ...withoutHex],
    [answer(200, { sourceId: `${half.sourceId}0` }), ...withoutHex]
  ])(
    "explain reports that the records of a dashed ID are unavailable if its source answers %j",
    ([fault, error, reason]) =>
      Effect.gen(function* () {
        const { result } = yield* explained({ faults: [["source", fault]] }, {}, half.id)
        const missing = result.unavailable.find(({ what }) => what === "records")
        assert.isUndefined(result.records)
        assert.deepStrictEqual([missing?.error, missing?.reason], [error, reason])
        assert.match(missing?.nextStep ?? "", reason === undefined ? /idn:nelm:read/u : /API has changed/u)
      })
  )

  it.live("explain reports the expected JSON of each unavailable part", () =>
    Effect.gen(function* () {
      const endpoints = ["source", "records", "schemaAttributes", "search"] as const
      const faults = endpoints.map((endpoint) => [endpoint, answer(200, 1)] as const)
      const { result } = yield* explained({ ...everything, faults })
      assert.deepStrictEqual(
        result.unavailable.map(({ reason, what }) => `${what}: ${reason}`),
        [
          "source: the body is not a JSON object of a source.",
          "records: the body is not a JSON list of records.",
          "counts: the body is not a JSON list of records.",
          "columns: the body is not a JSON list of schema attributes.",
          "events: the body is not a JSON list of events."
        ]
      )
    })
  )

  it.live("explain fails if the status fails, and sends no other request", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(Explanation.explain(half.sourceId)))._tag, "Forbidden")
      assert.strictEqual((yield* Effect.flip(Explanation.explain("Contractors")))._tag, "InvalidSourceId")
      assert.deepStrictEqual(
        (yield* (yield* Sandbox.Sandbox).received).map(({ endpoint }) => endpoint),
        ["token", "status"]
      )
    }).pipe(Effect.provide(live({ ...everything, faults: [["status", answer(403)]] })))
  )

  const trackingId = "e7eab60924f64aa284175b9fa3309599"
  const failures = [
    ["BadRequest", answer(400, { trackingId })],
    ["Forbidden", answer(403, { trackingId })],
    ["NotFound", answer(404)],
    ["RateLimited", Fault.rateLimited("1")],
    ["RequestTimeout", { _tag: "Silent" }],
    ["UnexpectedResponse", Fault.gatewayPage(200)]
  ] as const
  const badCount = answer(200, [], { "x-total-count": "1.5" })
  it.live.each([
    ["UnexpectedResponse", "records", ["records", "counts"], badCount] as const,
    ...failures.flatMap(([error, fault]) => [
      [error, "source", ["source"], fault] as const,
      [error, "records", ["records", "counts"], fault] as const,
      [error, "schemaAttributes", ["columns"], fault] as const,
      [error, "search", ["events"], fault] as const
    ])
  ])("explain returns, after %s from %s, all parts except %j", ([error, endpoint, parts, fault]) =>
    Effect.gen(function* () {
      const setting = { ...everything, attemptTimeout: "2 seconds", faults: [[endpoint, fault]] } as const
      const { result } = yield* explained(setting, { csvHeader: "accountName;email" })
      const expected = parts.map((part) => `${part} ${error}`)
      // A 429 also delays requests that were not sent yet.
      const missing = missingIn(result).filter((part) => error !== "RateLimited" || expected.includes(part))
      assert.deepStrictEqual(missing, expected)
      for (const part of result.unavailable) {
        assert.strictEqual(
          part.nextStep.includes("the ID"),
          endpoint !== "search" && /^Bad|^Not/u.test(error)
        )
        if (part.nextStep.includes("tracking ID")) assert.strictEqual(part.trackingId, trackingId)
        assert.strictEqual(part.trackingId, /^Bad|^Forb/u.test(error) ? trackingId : undefined)
      }
      assert.strictEqual(result.status, "ERROR")
      assert.include(result.columns?.problems ?? [], "The columns are separated by semicolons: use commas.")
      assert.deepStrictEqual(result.columns?.unknown, [])
      if (endpoint === "schemaAttributes")
        assert.match(result.checks.join("|"), /\|The first line of the file/u)
      if (endpoint === "search") {
        assert.strictEqual(result.events.outcome, error === "Forbidden" ? "notPermitted" : "failed")
      }
    })
  )

  const status = '{"status":"ERROR"}'
  const events = JSON.stringify([failed({ sourceId: half.sourceId })])
  const rest = { records: "[]", columns: "[]" }
  const all = ["source", "records", "counts", "columns"]
  it.effect.each<readonly [string, number, Record<string, string>, string, ReadonlyArray<string>]>([
    ["at half-time if the source is silent", 25, { status, events, ...rest }, "FAILED named", ["source"]],
    ["at its deadline, with each part that arrived before", 40, { status, events }, "FAILED named", all],
    ["at its deadline, even if every part is silent", 40, { status }, "", [...all, "events"]],
    ["at its deadline, with a failure if there is no status", 40, {}, "no status", []]
  ])("explain ends %s", ([, seconds, answers, expected, missing]) =>
    Effect.gen(function* () {
      const explaining = yield* answeredAfter10s(answers)
      yield* TestClock.adjust(`${seconds - 1} seconds`)
      assert.isUndefined(explaining.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const [events, unavailable] = yield* Effect.match(Fiber.join(explaining), {
        onFailure: ({ _tag }) => [_tag === "RequestTimeout" ? "no status" : _tag, []] as const,
        onSuccess: (result) => [eventsOf(result), missingIn(result)] as const
      })
      assert.strictEqual(events, expected)
      const timedOut = missing.map((what) => `${what} RequestTimeout`)
      assert.deepStrictEqual(unavailable, timedOut)
    })
  )

  const long = "x".repeat(200)
  const target = { name: half.name }
  const tracked = { trackingNumber: "1" }
  const alike = [{}, { sourceName: "Retail" }, { sourceId: "0" }].map((source) =>
    failed({ ...source, ...tracked })
  )
  const many = (count: number, attributes?: null) => Array.from({ length: count }, () => failed(attributes))
  it.live.each<readonly [string, ReadonlyArray<unknown>, string, name?: string]>([
    ["another action", [{ ...failed(), action: "NON_EMPLOYEE_BULK_EXPORT_FAILED" }, 1], ""],
    ["no time", [{ ...failed(), created: null }], ""],
    ["other kinds of fields", [{ ...failed(null), actor: "Ann", target: [] }], "FAILED near"],
    ["the name of the source", [failed()], "FAILED named"],
    ["the source as its target", [{ ...failed(null), target }], "FAILED named"],
    ["either ID of the source", [failed({ sourceId: half.id })], "FAILED named"],
    ["no name of a source without a name", [failed({})], "FAILED near", ""],
    ["the ID of another source", [failed({ ...ours, sourceId: "0" })], "FAILED near"],
    ["another source's name", [{ ...failed({ sourceName: "Retail" }), target }], "FAILED near"],
    [
      "the tracking number of the source's events",
      [{ ...failed(), ...tracked }, ...alike],
      "FAILED named, FAILED tracked, FAILED near, FAILED near"
    ],
    ["part of the name", [failed({ sourceName: "Half" })], "FAILED near"],
    [
      "many like it",
      [...many(9, null), ...many(9)],
      `${"FAILED named, ".repeat(5)}FAILED near, FAILED near, FAILED near`
    ],
    ["fewer spaces in the name", [failed()], "FAILED near", "Half  landed"],
    ["another end of a long name", [failed({ sourceName: `${long}2` })], "FAILED near", `${long}1`]
  ])("explain judges the certainty of an event with %s", ([, documents, expected, name = half.name]) =>
    Effect.gen(function* () {
      const source = answer(200, { name, sourceId: half.sourceId, id: half.id })
      const { faults = [], ...setting } = found(...documents)
      const { result } = yield* explained({ ...setting, faults: [...faults, ["source", source]] })
      assert.strictEqual(eventsOf(result), expected)
    })
  )

  it.live("explain quotes the text of an event, cleaned and shortened", () =>
    Effect.gen(function* () {
      const errors = ["Line\n2:\u001B[31m bad\u202E", 7, ..."12345678", "the eleventh"]
      const message = "x".repeat(999)
      const document = failed({ ...ours, errors, message, password: "not a text of the event" })
      const actor = { name: `a\u0000${"b".repeat(99)}` }
      const { result } = yield* explained(found({ ...document, actor }))
      const [item] = result.events.items
      assert.strictEqual(item?.actor, `a${"b".repeat(78)}…`)
      assert.strictEqual(item?.text, `Line 2: bad 1 2 3 4 5 6 7 8 ${"x".repeat(211)}…`)
    })
  )

  it.live("explain returns up to 40 columns of each kind, with their names cleaned and shortened", () =>
    Effect.gen(function* () {
      const body = Array.from({ length: 82 }, (_, n) => ({
        technicalName: `\u0000${"x".repeat(n + 1)}`,
        required: n < 41 || null
      }))
      const { result } = yield* explained({ faults: [["schemaAttributes", answer(200, body)]] })
      const shown = body.map(({ technicalName }) => plainText(technicalName, 64))
      assert.deepStrictEqual(result.columns?.required, shown.slice(0, 40))
      assert.deepStrictEqual(result.columns?.optional, shown.slice(41, 81))
    })
  )

  it.live.each([
    ["records", "records", 4_194_304],
    ["schemaAttributes", "columns", 524_288],
    ["search", "events", 1_048_576]
  ] as const)(
    "explain limits the answer of %s with the %s to %i bytes",
    ([endpoint, part, bytes]) =>
      Effect.gen(function* () {
        for (const more of [0, 1]) {
          const fault = answer(200, `[${" ".repeat(bytes - 2 + more)}]`, { "x-total-count": "0" })
          const { result } = yield* explained({ auditEvents: true, faults: [[endpoint, fault]] })
          assert.deepStrictEqual(missingIn(result), more === 0 ? [] : [`${part} UnexpectedResponse`])
        }
      }),
    PATIENCE
  )

  const withText = event("FAILED", 1, { ...ours, errors: ["Row 3 is bad."] })
  const started = (minute: number) => event("STARTED", minute)
  const old = { created: "2020-01-01T00:00:00Z", modified: "2020-01-01T00:00:00Z" }
  const total = (count: number, ...records: ReadonlyArray<object>): Setting => ({
    faults: [["records", answer(200, records, { "x-total-count": String(count) })]]
  })
  const at = DateTime.makeUnsafe(old.created)
  const completed = { name: "All landed" }
  /** The second words of checks. */
  const [landed, notLanded] = ["every are first other source", "first every are other source"]
  it.live.each<readonly [string, Setting, string, (Explanation.Upload & { readonly name?: string })?]>([
    ["some rows landed", {}, landed],
    ["a record changed at that time", total(1, old), landed, { uploadedAt: at }],
    ["an event has SailPoint's own words", found(withText), `own ${landed}`],
    ["the newest event has the words", found(withText, started(0)), `own ${landed}`],
    ["an upload began with the words", found(event("PASSED", 2), started(1), withText), `own ${landed}`],
    ["the words are about an earlier upload", found(started(2), withText), landed],
    ["the words are about an earlier failure", found(event("FAILED", 2), withText), landed],
    ["another upload ran", found(started(1), started(0)), "other every are first source"],
    ["another upload had ended", found(started(2), event("PASSED", 1), started(0)), landed],
    ["an upload to another source ran", found(started(1), event("STARTED", 0, null)), landed],
    ["nothing landed", total(0), notLanded],
    ["the time of the upload is unknown", {}, notLanded, { uploadedAt: undefined }],
    ["no records can be read", { faults: [["records", answer(403)]] }, notLanded],
    ["the limit is near", total(19_000), "source first every are other"],
    ["the header is wrong", found(withText), "own header: every are other source", { csvHeader: "email" }],
    ["nothing of a COMPLETED upload landed", total(1, old), "record", completed],
    ["the source of a COMPLETED upload is empty", total(0), "record", completed],
    ["records after a COMPLETED upload have no times", total(1, {}), "", completed],
    ["the time of a COMPLETED upload is unknown", total(0), "", { ...completed, uploadedAt: undefined }],
    ["the header of a COMPLETED upload is wrong", {}, "header:", { ...completed, csvHeader: "email" }]
  ])(
    "explain orders the checks by evidence if %s",
    ([, setting, expected, { name = half.name, ...upload } = {}]) =>
      Effect.gen(function* () {
        const { result } = yield* explained(setting, upload, Source.named(name).sourceId)
        const { checks, nextStep, records, status } = result
        assert.strictEqual(checks.map((check) => check.split(" ")[1]).join(" "), expected)
        assert.strictEqual(/earlier upload.+Go through checks/u.test(nextStep), checks.length > 0)
        if (status !== "ERROR") return
        const seen = records === undefined ? "" : `; the token may see ${records.total} in this one`
        assert.include(checks, `A source holds at most 20000 accounts${seen}.`)
        assert.match(nextStep, /does not say which rows failed/u)
        assert.strictEqual(nextStep.startsWith("Some records were"), !/first.+every/u.test(expected))
      })
  )
})

const newestAt = (at: string): Records => ({ total: 1, newestCreatedAt: at, newestChangedAt: at })

describe("checksFor", () => {
  it.each<readonly [string, Records, check: string | undefined]>([
    ["an older record and no counts", newestAt("2026-11-27T00:00:00.000Z"), "No record"],
    ["a newer record and no counts", newestAt("2026-11-29T00:00:00.000Z"), undefined],
    ["counts alone", { total: 1, createdSince: 1, changedSince: 0 }, undefined]
  ])(
    "the checks of a COMPLETED upload report that no record landed only if no record is newer: %s",
    (_, records, check) => {
      const uploadedAt = DateTime.makeUnsafe("2026-11-28T00:00:00Z")
      const rest = { events: { items: [] }, columns: undefined, csvHeader: undefined }
      const [first] = checksFor({ status: "COMPLETED", records, uploadedAt, ...rest })
      assert.strictEqual(first?.slice(0, 9), check)
    }
  )
})

/** A person, in the fields of any answer. */
const person = { firstName: "Canary", email: "canary@example.com", phone: "2025550199" }
const texts = { detailCode: "Canary", trackingId: "canary", error: "Canary", messages: [{ text: "Canary" }] }

describe("personal data", () => {
  it.live.each<readonly [string, Fault.Fault?]>([
    ["regular answers"],
    ...[200, 400, 401, 403, 404, 418, 429, 500, 503].map(
      (status) =>
        [`a person in every answer with ${status}`, answer(status, { ...person, ...texts })] as const
    ),
    [
      "people with invalid times",
      answer(200, [{ ...person, created: "Canary", modified: 5 }], { "x-total-count": "1" })
    ],
    ["a page about a person", answer(200, "<p>Canary 2025550199</p>")],
    ["an incomplete answer", { _tag: "CutOff" }],
    ["a redirect with a person in it", answer(302, undefined, { location: "/?q=Canary" })]
  ])("personal data reaches no result, error, log or span at the lowest log level through %s", ([, fault]) =>
    Effect.gen(function* () {
      const [seen, observing] = observe()
      const endpoints = ["source", "records", "search"] as const
      const setting: Setting = {
        ...everything,
        requestBudget: noBudget,
        retryPolicy: RetryPolicy.make({ retries: 1, backoff: 1, maxRetryAfter: 0 }),
        faults: fault === undefined ? [] : endpoints.map((endpoint) => [endpoint, fault])
      }
      const result = yield* Effect.forEach([half.sourceId, half.id], (sourceId) =>
        Effect.exit(Explanation.explain(sourceId))
      ).pipe(Effect.provide(live(setting).pipe(Layer.provideMerge(observing))))
      assert.isTrue(result.every(Exit.isSuccess))
      const everythingShown = transcript(seen, ...result)
      assert.include(everythingShown, "Explanation.explain", "spans are recorded")
      assert.notMatch(everythingShown, /canary|@example\.com|20255501|Storybook|Madeup|Fiction/iu)
    })
  )
})
