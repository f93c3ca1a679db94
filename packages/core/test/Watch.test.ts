/** Following a source, over a scripted client. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { identity } from "effect/Function"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as BulkUploadError from "../src/BulkUploadError.ts"
import type { State } from "../src/BulkUploadStatus.ts"
import * as BulkUploads from "../src/BulkUploads.ts"
import * as ApiClient from "../src/internal/apiClient.ts"
import type * as Watch from "../src/Watch.ts"
import { apiClient } from "./support/apiClient.ts"

const sourceId = "e136567de87e4d029e60b3c3c55db56d"
type Step = State | BulkUploadError.BulkUploadError

const serviceOver = (attempt: ApiClient.Service["attempt"]) =>
  Layer.provide(BulkUploads.layerApiClient, Layer.succeed(ApiClient.ApiClient, apiClient(attempt)))

/** Answers with one step after the other and then repeats the last one. Records the times of requests, in seconds. */
const scripted = (steps: ReadonlyArray<Step>) => {
  const asked: Array<number> = []
  const ask: ApiClient.Service["attempt"] = (call) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const step = steps[Math.min(asked.length, steps.length - 1)] ?? null
      asked.push(now / 1000)
      return step === null || typeof step === "string"
        ? Effect.orDie(Effect.fromResult(call.decode(JSON.stringify({ status: step }))))
        : Effect.fail(step)
    })
  return { asked, layer: serviceOver(ask) }
}

const every = (duration: Duration.Input) => ({ schedule: Schedule.spaced(duration) })
const broken = new BulkUploadError.ServerError({ httpStatus: 500 })
const forbidden = new BulkUploadError.Forbidden({})
const limited = (retryAfter: Duration.Input) =>
  new BulkUploadError.RateLimited({ retryAfter: Duration.fromInputUnsafe(retryAfter) })
const uploadedAt = (seconds: number) => ({
  since: DateTime.makeUnsafe(seconds * 1000),
  grace: "1 minute" as const
})

interface Watched {
  readonly name: string
  readonly steps: ReadonlyArray<Step>
  readonly options?: Watch.Options
  /** When the status was requested, in seconds. */
  readonly asked?: ReadonlyArray<number>
  readonly seen?: ReadonlyArray<State>
  /** The failure, if the stream does not end by itself. */
  readonly fails?: BulkUploadError.BulkUploadError
}

const watched: ReadonlyArray<Watched> = [
  {
    name: "emits the first status and then each change, and ends once the job has ended",
    steps: [null, "PENDING", "PENDING", "IN_PROGRESS", "IN_PROGRESS", "COMPLETED", "PENDING"],
    options: every("5 seconds"),
    asked: [0, 5, 10, 15, 20, 25],
    seen: [null, "PENDING", "IN_PROGRESS", "COMPLETED"]
  },
  {
    name: "fails with a failure that is not retryable",
    steps: ["PENDING", forbidden],
    options: every("1 second"),
    seen: ["PENDING"],
    fails: forbidden
  },
  {
    name: "ends with its schedule",
    steps: ["PENDING"],
    options: { schedule: Schedule.recurs(2) },
    asked: [0, 0, 0],
    seen: ["PENDING"]
  },
  {
    name: "fails if a 429 requires a wait above the cap",
    steps: ["PENDING", limited("61 seconds")],
    options: every("1 second"),
    fails: limited("61 seconds")
  },
  {
    name: "waits for as long as a higher cap allows",
    steps: [limited("61 seconds"), "COMPLETED"],
    options: { ...every("1 second"), maxRetryAfter: "5 minutes" },
    asked: [0, 61]
  },
  {
    name: "ends with a COMPLETED only after another status since the upload",
    steps: ["COMPLETED", "COMPLETED", "PENDING", "IN_PROGRESS", "COMPLETED"],
    options: { ...every("2 seconds"), ...uploadedAt(0) },
    asked: [0, 2, 4, 6, 8],
    seen: ["COMPLETED", "PENDING", "IN_PROGRESS", "COMPLETED"]
  },
  {
    name: "ends with an unchanged COMPLETED after the grace time",
    steps: ["COMPLETED"],
    options: { ...every("25 seconds"), ...uploadedAt(0) },
    asked: [0, 25, 50, 75],
    seen: ["COMPLETED"]
  },
  {
    name: "ends with a COMPLETED that follows an ERROR",
    steps: ["ERROR", "COMPLETED"],
    options: { ...every("1 second"), ...uploadedAt(0) },
    asked: [0, 1],
    seen: ["ERROR", "COMPLETED"]
  }
]

/** Follows for five minutes. Returns the statuses and the end of the stream. */
const watch = ({ options, steps }: Pick<Watched, "options" | "steps">) =>
  Effect.gen(function* () {
    const { asked, layer } = scripted(steps)
    const seen: Array<State> = []
    const fiber = yield* Effect.gen(function* () {
      const uploads = yield* BulkUploads.BulkUploads
      yield* Stream.runForEach(uploads.changes(sourceId, options), ({ status }) =>
        Effect.sync(() => seen.push(status))
      )
    }).pipe(
      Effect.match({ onFailure: identity, onSuccess: () => "yes" as const }),
      Effect.provide(layer),
      Effect.timeoutOption("5 minutes"),
      Effect.forkChild
    )
    yield* TestClock.adjust("5 minutes")
    return { asked, seen, ended: Option.getOrElse(yield* Fiber.join(fiber), () => "not yet") }
  })

describe("changes", () => {
  it.effect.each(watched)("changes $name", ({ asked, fails, seen, ...script }) =>
    Effect.gen(function* () {
      const shown = yield* watch(script)
      assert.deepStrictEqual(shown.ended, fails ?? "yes")
      if (asked !== undefined) assert.deepStrictEqual(shown.asked, asked)
      if (seen !== undefined) assert.deepStrictEqual(shown.seen, seen)
    })
  )

  it.effect("changes requests the status often at first, and later every 15 s", () =>
    Effect.gen(function* () {
      const { asked } = yield* watch({ steps: ["PENDING"] })
      const gaps = asked.slice(1).map((at, i) => at - (asked[i] ?? 0))
      assert.deepStrictEqual(gaps.slice(0, 3), [1, 1.5, 2.25])
      assert.deepStrictEqual(new Set(gaps.slice(8)), new Set([15]))
    })
  )

  it.effect("changes ends with a defect", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.flatMap(BulkUploads.BulkUploads, (uploads) =>
        Effect.exit(Stream.runDrain(uploads.changes(sourceId)))
      ).pipe(Effect.provide(serviceOver(() => Effect.die("a bug"))))
      assert.isTrue(Exit.hasDies(exit))
    })
  )

  it.effect("changes fails without a request for a malformed ID", () =>
    Effect.gen(function* () {
      const { asked, layer } = scripted(["PENDING"])
      const error = yield* Effect.flatMap(BulkUploads.BulkUploads, (uploads) =>
        Effect.flip(Stream.runDrain(uploads.changes("nonsense")))
      ).pipe(Effect.provide(layer))
      assert.strictEqual(error._tag, "InvalidSourceId")
      assert.deepStrictEqual(asked, [])
    })
  )

  it.effect("changes begins with a new request, even if the schedule of an earlier follower has ended", () =>
    Effect.gen(function* () {
      const { asked, layer } = scripted(["PENDING"])
      yield* Effect.gen(function* () {
        const uploads = yield* BulkUploads.BulkUploads
        const options = { schedule: Schedule.recurs(0) }
        yield* Effect.forkChild(Stream.runForEach(uploads.changes(sourceId, options), () => Effect.never))
        yield* TestClock.adjust("1 second")
        const late = yield* Stream.runCollect(uploads.changes(sourceId, options))
        assert.deepStrictEqual([late.length, asked.length], [1, 2])
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("a follower ignores a status from before the upload that an earlier follower saw", () =>
    Effect.gen(function* () {
      const { layer } = scripted(["IN_PROGRESS", "COMPLETED", "PENDING", "ERROR"])
      yield* Effect.gen(function* () {
        const uploads = yield* BulkUploads.BulkUploads
        const options = every("10 seconds")
        yield* Effect.forkChild(
          Stream.runDrain(uploads.changes(sourceId, { ...options, ...uploadedAt(600) }))
        )
        yield* TestClock.adjust("6 seconds")
        // The previous job ends after the upload.
        const late = yield* Effect.forkChild(
          uploads.awaitSettled(sourceId, { timeout: "5 minutes", ...options, ...uploadedAt(6) })
        )
        yield* TestClock.adjust("2 minutes")
        assert.strictEqual((yield* Fiber.join(late)).status, "ERROR")
      }).pipe(Effect.provide(layer))
    })
  )
})

interface Awaited {
  readonly name: string
  readonly steps: ReadonlyArray<Step>
  readonly timeout: Duration.Input
  readonly options?: Partial<BulkUploads.AwaitOptions>
  /** The status, or the tag of the failure and parts of its message. */
  readonly result: State | readonly [tag: string, ...says: ReadonlyArray<string>]
  readonly asked?: ReadonlyArray<number>
  /** The arguments of `onCheck` and `onFailedCheck`. */
  readonly checks?: ReadonlyArray<State | string>
}

const awaited: ReadonlyArray<Awaited> = [
  {
    name: "returns the settled status, and reports every check",
    steps: ["PENDING", broken, "PENDING", "ERROR"],
    timeout: "5 minutes",
    result: "ERROR",
    checks: ["PENDING", "ServerError", "PENDING", "ERROR"]
  },
  {
    name: "fails with NotSettled and the last status after the timeout, and sends no more requests",
    steps: ["PENDING", "IN_PROGRESS"],
    timeout: "45 seconds",
    result: ["NotSettled", "within 45 s", "the last status was IN_PROGRESS"],
    asked: [0, 10, 20, 30, 40]
  },
  {
    name: "fails with NotSettled and the last status at once when `until` completes",
    steps: ["PENDING"],
    timeout: "45 seconds",
    options: { until: Effect.sleep("12 seconds") },
    result: ["NotSettled", "within 12 s", "the last status was PENDING"],
    asked: [0, 10]
  },
  {
    name: "fails with NotSettled and the failure if no status arrived",
    steps: [broken],
    timeout: "45 seconds",
    result: ["NotSettled", "no status arrived", "SailPoint answered 500"]
  },
  {
    name: "fails with NotSettled and the next step of null, which says nothing of a running job",
    steps: [null],
    timeout: "45 seconds",
    result: ["NotSettled", "the last status was null", "check in SailPoint that the upload was made"]
  },
  {
    name: "fails with NotSettled, the last failure and the last status",
    steps: ["PENDING", broken],
    timeout: "45 seconds",
    result: ["NotSettled", "the last status was PENDING", "SailPoint answered 500"]
  },
  {
    name: "fails with NotSettled while a settled status can be that of the previous job",
    steps: ["COMPLETED"],
    timeout: "30 seconds",
    options: { since: DateTime.makeUnsafe(0) },
    result: ["NotSettled", "can still belong to the previous job"]
  },
  {
    name: "does not wait for `onCheck` beyond the timeout",
    steps: ["PENDING"],
    timeout: "30 seconds",
    options: { onCheck: () => Effect.never },
    result: ["NotSettled"]
  }
]

describe("awaitSettled", () => {
  it.effect.each(awaited)("awaitSettled $name", ({ asked, checks, options, result, steps, timeout }) =>
    Effect.gen(function* () {
      const script = scripted(steps)
      const reported: Array<State | string> = []
      const fiber = yield* Effect.flatMap(BulkUploads.BulkUploads, (uploads) =>
        uploads.awaitSettled(sourceId, {
          timeout,
          ...every("10 seconds"),
          onCheck: ({ status }) => Effect.sync(() => void reported.push(status)),
          onFailedCheck: ({ _tag }) => Effect.sync(() => void reported.push(_tag)),
          ...options
        })
      ).pipe(Effect.provide(script.layer), Effect.result, Effect.forkChild)
      yield* TestClock.adjust("10 minutes")
      const ended = yield* Fiber.join(fiber)
      if (Result.isSuccess(ended))
        assert.deepStrictEqual<unknown>(ended.success, { sourceId, status: result })
      else {
        assert(Array.isArray(result), ended.failure.message)
        const [tag, ...says] = result
        assert.strictEqual(ended.failure._tag, tag)
        for (const text of says) assert.include(ended.failure.message, text)
      }
      if (asked !== undefined) assert.deepStrictEqual(script.asked, asked)
      if (checks !== undefined) assert.deepStrictEqual(reported, checks)
    })
  )

  it.effect("awaitSettled returns a settled status even if `until` completes with its check", () =>
    Effect.gen(function* () {
      const checked = Latch.makeUnsafe()
      const { status } = yield* Effect.flatMap(BulkUploads.BulkUploads, ({ awaitSettled }) =>
        awaitSettled(sourceId, { timeout: "45 seconds", until: checked.await, onCheck: () => checked.open })
      ).pipe(Effect.provide(scripted(["COMPLETED"]).layer))
      assert.strictEqual(status, "COMPLETED")
    })
  )

  it.live("awaitSettled leaves no timer, which would keep the process alive until the timeout", () =>
    Effect.gen(function* () {
      const { awaitSettled } = yield* BulkUploads.BulkUploads
      const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout")
      yield* awaitSettled(sourceId, { timeout: "1 hour" })
      const after = process.getActiveResourcesInfo().filter((name) => name === "Timeout")
      assert.isAtMost(after.length, before.length)
    }).pipe(Effect.provide(scripted(["COMPLETED"]).layer))
  )
})
