/** Waits with a scripted API client and a test clock. */
import { assert, describe, it } from "@effect/vitest"
import * as BulkUploadError from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import type { State } from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import * as Explanation from "@sailpoint-bulk-upload/core/Explanation"
import { nameVariables } from "@sailpoint-bulk-upload/core/Settings"
import * as NonEmployeeSources from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as ApiClient from "@sailpoint-bulk-upload/core/workspace"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as TestClock from "effect/testing/TestClock"
import { completeSources } from "../../src/handlers/completeSources.ts"
import { cutTo } from "../../src/text/TokenEstimate.ts"
import * as InProcess from "../support/InProcess.ts"

const sourceId = "e136567de87e4d029e60b3c3c55db56d"
type Step = State | BulkUploadError.BulkUploadError

/** The structured result of a wait with these answers of SailPoint, of which the last one repeats. */
const waitFor = (steps: ReadonlyArray<Step>, passes: Duration.Input, args: Record<string, unknown> = {}) =>
  Effect.gen(function* () {
    let asked = 0
    const firstCheck = Promise.withResolvers<void>()
    const ask: ApiClient.Service["attempt"] = (call) =>
      Effect.suspend(() => {
        firstCheck.resolve()
        const step = steps[Math.min(asked++, steps.length - 1)] ?? null
        return step === null || typeof step === "string"
          ? Effect.orDie(Effect.fromResult(call.decode(JSON.stringify({ status: step }))))
          : Effect.fail(step)
      })
    const api = Layer.succeed(ApiClient.ApiClient, {
      tenant: { origin: "https://a.example", host: "a.example", apiVersion: "v2024" },
      accessToken: { get: Effect.die("not asked"), refused: () => Effect.succeed(false) },
      attempt: ask,
      retry: identity
    })
    const runtime = ManagedRuntime.make(
      Layer.mergeAll(
        BulkUploads.layerApiClient,
        Explanation.layerApiClient(),
        completeSources,
        TestClock.layer()
      ).pipe(Layer.provideMerge(NonEmployeeSources.layerApiClient), Layer.provideMerge(api))
    )
    const client = yield* InProcess.connect(runtime)
    const reported: Array<string> = []
    const call = client.callTool(
      { name: "wait_for_bulk_upload", arguments: { sourceId, ...args } },
      { onprogress: ({ message = "", progress }) => reported.push(`${progress}: ${message}`) }
    )
    yield* Effect.promise(() => firstCheck.promise)
    yield* Effect.promise(() => runtime.runPromise(TestClock.adjust(passes)))
    const { isError, structuredContent } = yield* Effect.promise(() => call)
    return {
      reported,
      isError: isError === true,
      ...(structuredContent as Record<string, unknown>)
    } as Record<string, unknown>
  })

const limited = new BulkUploadError.RateLimited({ retryAfter: Duration.seconds(50) })
const broken = new BulkUploadError.ServerError({ httpStatus: 503 })
const lengthy = new BulkUploadError.ServerError({ httpStatus: 503, messages: ["外部".repeat(200)] })

describe("waiting for an upload", () => {
  it.live("a wait lasts 45 s by default, and its checkedAt is the time of the last check", () =>
    Effect.gen(function* () {
      const result = yield* waitFor(["IN_PROGRESS"], "45 seconds")
      assert.deepInclude(result, { isError: false, timedOut: true, status: "IN_PROGRESS", waitedSeconds: 45 })
      assert.match(String(result["checkedAt"]), /^1970-01-01T00:00:[34]\d/u)
    })
  )

  it.live("a wait that ends with null does not say that the upload still runs", () =>
    Effect.gen(function* () {
      const result = yield* waitFor([null], "10 seconds", { timeoutSeconds: 10 })
      assert.deepInclude(result, { isError: false, timedOut: true, status: null })
      assert.notInclude(String(result["nextStep"]), "Still running")
      assert.include(JSON.stringify(result), "1: No status yet after 0 s")
    })
  )

  it.live("a wait reports the failures since the last status", () =>
    Effect.gen(function* () {
      for (const failure of [broken, limited, lengthy]) {
        const result = yield* waitFor(["IN_PROGRESS", failure], "10 seconds", { timeoutSeconds: 10 })
        assert.deepInclude(result, { isError: false, timedOut: true, status: "IN_PROGRESS", checks: 1 })
        const since = cutTo(400, `${failure.summary} ${nameVariables(failure.nextStep)}`)
        const expected = `The status is as of checkedAt; every check since then failed. ${since}`
        assert.strictEqual(result["nextStep"], expected)
      }
    })
  )

  it.live(
    "a wait sends progress for every check, even a failed one, and ends with the first settled status",
    () =>
      Effect.gen(function* () {
        const { reported, status } = yield* waitFor(["PENDING", broken, "COMPLETED", "ERROR"], "10 seconds")
        assert.strictEqual(status, "COMPLETED")
        assert.deepStrictEqual((reported as ReadonlyArray<string>).slice(0, 2), [
          "1: PENDING after 0 s",
          "2: No status after 1 s: SailPoint answered 503 to the status request."
        ])
      })
  )

  it.live("a wait without a status fails with the error of its checks", () =>
    Effect.gen(function* () {
      const result = yield* waitFor([broken], "2 seconds", { timeoutSeconds: 2 })
      assert.deepInclude(result, { isError: true, error: "ServerError", httpStatus: 503 })
    })
  )

  const uploadedAt = "1970-01-01T00:00:00Z"

  /** The first status is that of an earlier job. */
  const uploads: ReadonlyArray<readonly [string, ReadonlyArray<Step>]> = [
    ["is processed first", ["COMPLETED", "COMPLETED", "IN_PROGRESS", "ERROR"]],
    ["shows null first", ["ERROR", "ERROR", null, "ERROR"]]
  ]

  it.live.each(uploads)("a wait with uploadedAt ends with the status of that upload, which %s", ([, steps]) =>
    Effect.gen(function* () {
      const result = yield* waitFor(steps, "40 seconds", { uploadedAt })
      assert.deepInclude(result, { isError: false, status: "ERROR", settled: true, timedOut: false })
    })
  )

  it.live("a wait with uploadedAt ends with an unchanged settled status a minute after the upload", () =>
    Effect.gen(function* () {
      const result = yield* waitFor(["COMPLETED"], "90 seconds", { uploadedAt, timeoutSeconds: 90 })
      assert.deepInclude(result, { status: "COMPLETED", settled: true, timedOut: false })
      assert.isAtLeast(Number(result["waitedSeconds"]), 60)
    })
  )

  it.live("a wait of 45 s with uploadedAt reports that its status can belong to an earlier upload", () =>
    Effect.gen(function* () {
      const result = yield* waitFor(["COMPLETED"], "45 seconds", { uploadedAt })
      assert.deepInclude(result, { status: "COMPLETED", settled: false, timedOut: true })
      assert.include(String(result["nextStep"]), "call wait_for_bulk_upload again with the same uploadedAt")
    })
  )
})
