/** Following a source: a scripted API client, because only time is looked at here. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import * as BulkUploadError from "../src/BulkUploadError.ts"
import type { State } from "../src/BulkUploadStatus.ts"
import * as BulkUploads from "../src/BulkUploads.ts"
import * as ApiClient from "../src/internal/apiClient.ts"
import { apiClient } from "./support/apiClient.ts"

const sourceId = "e136567de87e4d029e60b3c3c55db56d"
type Step = State | BulkUploadError.BulkUploadError

const serviceOver = (attempt: ApiClient.Service["attempt"]) =>
  Layer.provide(BulkUploads.layerApiClient, Layer.succeed(ApiClient.ApiClient, apiClient(attempt)))

/** Answers step by step, the last for ever, and notes when it was asked (in seconds). */
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

/** The statuses of a watch that is given so much time, and how it ended. */
const watch = (
  steps: ReadonlyArray<Step>,
  options: Parameters<BulkUploads.Service["changes"]>[1],
  lasts: Duration.Input
) =>
  Effect.gen(function* () {
    const { asked, layer } = scripted(steps)
    const seen: Array<State> = []
    const fiber = yield* Effect.gen(function* () {
      const uploads = yield* BulkUploads.BulkUploads
      yield* Stream.runForEach(uploads.changes(sourceId, options), ({ status }) =>
        Effect.sync(() => seen.push(status))
      )
    }).pipe(Effect.provide(layer), Effect.result, Effect.forkChild)
    yield* TestClock.adjust(lasts)
    const ended = fiber.pollUnsafe()
    yield* Fiber.interrupt(fiber)
    return { asked, seen, ended }
  })

describe("changes", () => {
  it.effect("gives the first status and then each change, and ends once the job has ended", () =>
    Effect.gen(function* () {
      const steps = [
        null,
        "PENDING",
        "PENDING",
        "IN_PROGRESS",
        "IN_PROGRESS",
        "COMPLETED",
        "PENDING"
      ] as const
      const { asked, ended, seen } = yield* watch(steps, every("5 seconds"), "1 minute")
      assert.deepStrictEqual(seen, [null, "PENDING", "IN_PROGRESS", "COMPLETED"])
      assert.deepStrictEqual(asked, [0, 5, 10, 15, 20, 25])
      assert.isDefined(ended)
    })
  )

  it.effect("asks eagerly at first and every 15 s in the end", () =>
    Effect.gen(function* () {
      const { asked } = yield* watch(["PENDING"], undefined, "5 minutes")
      const gaps = asked.slice(1).map((at, i) => at - (asked[i] ?? 0))
      assert.deepStrictEqual(gaps.slice(0, 3), [1, 1.5, 2.25])
      assert.deepStrictEqual(new Set(gaps.slice(8)), new Set([15]))
    })
  )

  it.effect("survives failures that pass by themselves", () =>
    Effect.gen(function* () {
      const steps = ["PENDING", broken, broken, "COMPLETED"] as const
      const { ended, seen } = yield* watch(steps, every("1 second"), "10 seconds")
      assert.deepStrictEqual(seen, ["PENDING", "COMPLETED"])
      assert.isTrue(ended?._tag === "Success" && Result.isSuccess(ended.value))
    })
  )

  it.effect("fails with what does not pass", () =>
    Effect.gen(function* () {
      const forbidden = new BulkUploadError.Forbidden({})
      const { ended, seen } = yield* watch(["PENDING", forbidden], every("1 second"), "10 seconds")
      assert.deepStrictEqual(seen, ["PENDING"])
      assert.deepStrictEqual(ended?._tag === "Success" && ended.value, Result.fail(forbidden))
    })
  )

  it.effect("ends with its schedule", () =>
    Effect.gen(function* () {
      const { asked, ended, seen } = yield* watch(["PENDING"], { schedule: Schedule.recurs(2) }, "1 minute")
      assert.deepStrictEqual([asked.length, seen], [3, ["PENDING"]])
      assert.isTrue(ended?._tag === "Success" && Result.isSuccess(ended.value))
    })
  )

  it.effect("a new follower asks, also while an earlier one whose schedule has ended is still there", () =>
    Effect.gen(function* () {
      const { asked, layer } = scripted(["PENDING"])
      yield* Effect.gen(function* () {
        const uploads = yield* BulkUploads.BulkUploads
        const options = { schedule: Schedule.recurs(0) }
        yield* Effect.forkChild(Stream.runForEach(uploads.changes(sourceId, options), () => Effect.never))
        yield* TestClock.adjust("1 second")
        const late = yield* Stream.runCollect(uploads.changes(sourceId, options))
        assert.strictEqual(late.length, 1)
        assert.strictEqual(asked.length, 2)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("ends with a mistake of the program, instead of waiting for ever", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.flatMap(BulkUploads.BulkUploads, (uploads) =>
        Effect.exit(Stream.runDrain(uploads.changes(sourceId)))
      ).pipe(Effect.provide(serviceOver(() => Effect.die("a mistake"))))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    })
  )

  it.effect("a malformed id fails without a request", () =>
    Effect.gen(function* () {
      const { asked, layer } = scripted(["PENDING"])
      const error = yield* Effect.flatMap(BulkUploads.BulkUploads, (uploads) =>
        Effect.flip(Stream.runDrain(uploads.changes("nonsense")))
      ).pipe(Effect.provide(layer))
      assert.strictEqual(error._tag, "InvalidSourceId")
      assert.deepStrictEqual(asked, [])
    })
  )

  it.effect("never asks earlier than a 429 said", () =>
    Effect.gen(function* () {
      const limited = new BulkUploadError.RateLimited({ retryAfter: Duration.seconds(40) })
      const { asked } = yield* watch([limited, "COMPLETED"], every("1 second"), "2 minutes")
      assert.deepStrictEqual(asked, [0, 40])
    })
  )

  it.effect("fails when a 429 asks for more than the cap, instead of sitting it out", () =>
    Effect.gen(function* () {
      const limited = new BulkUploadError.RateLimited({ retryAfter: Duration.seconds(61) })
      const { ended } = yield* watch(["PENDING", limited], every("1 second"), "10 seconds")
      assert.deepStrictEqual(ended?._tag === "Success" && ended.value, Result.fail(limited))
      const patient = yield* watch(
        [limited, "COMPLETED"],
        { ...every("1 second"), maxRetryAfter: "5 minutes" },
        "2 minutes"
      )
      const [first = 0, ...others] = patient.asked
      assert.deepStrictEqual(
        others.map((at) => at - first),
        [61]
      )
    })
  )

  it.effect(
    "followers of a source share its checks, and a late follower begins with a check of its own",
    () =>
      Effect.gen(function* () {
        const { asked, layer } = scripted(["PENDING", "PENDING", "IN_PROGRESS", "COMPLETED"])
        yield* Effect.gen(function* () {
          const uploads = yield* BulkUploads.BulkUploads
          const options = every("10 seconds")
          const follow = Effect.forkChild(
            Stream.runCollect(Stream.map(uploads.changes(sourceId, options), ({ status }) => status))
          )
          const early = yield* Effect.all([follow, follow, follow])
          yield* TestClock.adjust("25 seconds")
          const late = yield* follow
          const [leaver, ...stayers] = early
          yield* Fiber.interrupt(leaver)
          yield* TestClock.adjust("1 minute")
          for (const fiber of stayers) {
            assert.deepStrictEqual(yield* Fiber.join(fiber), ["PENDING", "IN_PROGRESS", "COMPLETED"])
          }
          assert.deepStrictEqual(yield* Fiber.join(late), ["COMPLETED"])
        }).pipe(Effect.provide(layer))
        assert.deepStrictEqual(asked, [0, 10, 20, 25])
      })
  )

  it.effect("nothing is asked once nobody follows, and who follows anew begins anew", () =>
    Effect.gen(function* () {
      const { asked, layer } = scripted(["PENDING"])
      yield* Effect.gen(function* () {
        const uploads = yield* BulkUploads.BulkUploads
        const follow = Effect.forkChild(Stream.runDrain(uploads.changes(sourceId, every("1 second"))))
        yield* Fiber.interrupt(yield* Effect.tap(follow, () => TestClock.adjust("2 seconds")))
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(asked, [0, 1, 2])
        yield* Effect.tap(follow, () => TestClock.adjust("1 second"))
        assert.deepStrictEqual(asked.slice(3), [3602, 3603])
      }).pipe(Effect.provide(layer))
    })
  )
})

const uploadedAt = (seconds: number) => ({
  since: DateTime.makeUnsafe(seconds * 1000),
  grace: "1 minute" as const
})

describe("since", () => {
  it.effect("a stale COMPLETED is not believed until another status was seen", () =>
    Effect.gen(function* () {
      const steps = ["COMPLETED", "COMPLETED", "PENDING", "IN_PROGRESS", "COMPLETED"] as const
      const { asked, seen } = yield* watch(steps, { ...every("2 seconds"), ...uploadedAt(0) }, "1 minute")
      assert.deepStrictEqual(seen, ["COMPLETED", "PENDING", "IN_PROGRESS", "COMPLETED"])
      assert.strictEqual(asked.length, 5)
    })
  )

  it.effect("it is believed all the same once the grace time has passed", () =>
    Effect.gen(function* () {
      const { asked, ended, seen } = yield* watch(
        ["COMPLETED"],
        { ...every("25 seconds"), ...uploadedAt(0) },
        "5 minutes"
      )
      assert.deepStrictEqual(seen, ["COMPLETED"])
      assert.deepStrictEqual(asked, [0, 25, 50, 75])
      assert.isDefined(ended)
    })
  )

  it.effect("what was seen before the upload is not taken for news, by one who comes later", () =>
    Effect.gen(function* () {
      const { layer } = scripted(["IN_PROGRESS", "COMPLETED", "PENDING", "ERROR"])
      yield* Effect.gen(function* () {
        const uploads = yield* BulkUploads.BulkUploads
        const options = every("10 seconds")
        yield* Effect.forkChild(
          Stream.runDrain(uploads.changes(sourceId, { ...options, ...uploadedAt(600) }))
        )
        yield* TestClock.adjust("6 seconds")
        // The job before is running when the file is uploaded, and ends after that.
        const late = yield* Effect.forkChild(
          uploads.awaitSettled(sourceId, { timeout: "5 minutes", ...options, ...uploadedAt(6) })
        )
        yield* TestClock.adjust("2 minutes")
        assert.strictEqual((yield* Fiber.join(late)).status, "ERROR")
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("a job that was quick is believed: ERROR before, COMPLETED now", () =>
    Effect.gen(function* () {
      const { asked, seen } = yield* watch(
        ["ERROR", "COMPLETED"],
        { ...every("1 second"), ...uploadedAt(0) },
        "5 seconds"
      )
      assert.deepStrictEqual(seen, ["ERROR", "COMPLETED"])
      assert.strictEqual(asked.length, 2)
    })
  )

  it.effect("without it the first settled status is believed", () =>
    Effect.gen(function* () {
      const { asked } = yield* watch(["COMPLETED", "PENDING"], every("1 second"), "5 seconds")
      assert.strictEqual(asked.length, 1)
    })
  )
})

/** The outcome of waiting, and what was asked and told on the way. */
const awaiting = (
  steps: ReadonlyArray<Step>,
  timeout: Duration.Input,
  passes: Duration.Input,
  options: Partial<BulkUploads.AwaitOptions> = {}
) =>
  Effect.gen(function* () {
    const { asked, layer } = scripted(steps)
    const checks: Array<State> = []
    const fiber = yield* Effect.flatMap(BulkUploads.BulkUploads, (uploads) =>
      uploads.awaitSettled(sourceId, {
        timeout,
        ...every("10 seconds"),
        ...options,
        onCheck: ({ status }) => Effect.sync(() => void checks.push(status))
      })
    ).pipe(Effect.provide(layer), Effect.result, Effect.forkChild)
    yield* TestClock.adjust(passes)
    return { asked, checks, result: yield* Fiber.join(fiber) }
  })

describe("awaitSettled", () => {
  it.effect("gives the settled status, and tells every check on the way", () =>
    Effect.gen(function* () {
      const { checks, result } = yield* awaiting(["PENDING", "PENDING", "ERROR"], "5 minutes", "20 seconds")
      assert.deepStrictEqual(result, Result.succeed({ sourceId, status: "ERROR" } as never))
      assert.deepStrictEqual(checks, ["PENDING", "PENDING", "ERROR"])
    })
  )

  it.effect("tells the checks that failed too", () =>
    Effect.gen(function* () {
      const failed: Array<string> = []
      const { checks } = yield* awaiting(["PENDING", broken, "ERROR"], "5 minutes", "20 seconds", {
        onFailedCheck: ({ _tag }) => Effect.sync(() => void failed.push(_tag))
      })
      assert.deepStrictEqual([checks, failed], [["PENDING", "ERROR"], ["ServerError"]])
    })
  )

  it.effect("is NotSettled with the last status when time is up", () =>
    Effect.gen(function* () {
      const { asked, result } = yield* awaiting(["PENDING", "IN_PROGRESS"], "45 seconds", "10 minutes")
      assert.isTrue(Result.isFailure(result) && result.failure._tag === "NotSettled")
      assert.strictEqual(Result.isFailure(result) && Reflect.get(result.failure, "status"), "IN_PROGRESS")
      assert.include(Result.isFailure(result) ? result.failure.message : "", "within 45 s")
      assert.deepStrictEqual(asked, [0, 10, 20, 30, 40], "nothing is asked after that")
    })
  )

  it.effect("is NotSettled with the last status at once when `until` completes", () =>
    Effect.gen(function* () {
      const until = Effect.sleep("12 seconds")
      const { asked, result } = yield* awaiting(["PENDING"], "45 seconds", "12 seconds", { until })
      assert.strictEqual(Result.isFailure(result) && Reflect.get(result.failure, "status"), "PENDING")
      assert.include(Result.isFailure(result) ? result.failure.message : "", "within 12 s")
      assert.deepStrictEqual(asked, [0, 10])
    })
  )

  it.effect("gives a settled status also when `until` completes with its check", () =>
    Effect.gen(function* () {
      const checked = Latch.makeUnsafe()
      const { status } = yield* Effect.flatMap(BulkUploads.BulkUploads, ({ awaitSettled }) =>
        awaitSettled(sourceId, { timeout: "45 seconds", until: checked.await, onCheck: () => checked.open })
      ).pipe(Effect.provide(scripted(["COMPLETED"]).layer))
      assert.strictEqual(status, "COMPLETED")
    })
  )

  it.effect("is NotSettled with what failed when no status came at all", () =>
    Effect.gen(function* () {
      const { result } = yield* awaiting([broken], "45 seconds", "1 minute")
      const failure = Result.isFailure(result) ? result.failure : undefined
      assert.strictEqual(failure?._tag, "NotSettled")
      assert.include(failure?.message, "no status came")
      assert.include(failure?.message, "SailPoint answered 500")
    })
  )

  it.effect("is NotSettled while a settled status is not believed", () =>
    Effect.gen(function* () {
      const since = DateTime.makeUnsafe(0)
      const { result } = yield* awaiting(["COMPLETED"], "30 seconds", "1 minute", { since })
      const failure = Result.isFailure(result) ? result.failure : undefined
      assert.strictEqual(failure?._tag, "NotSettled")
      assert.include(failure?.message, "can still be the one of the job before")
    })
  )

  it.effect("tells the last failure beside the last status when both came", () =>
    Effect.gen(function* () {
      const { result } = yield* awaiting(["PENDING", broken], "45 seconds", "1 minute")
      const failure = Result.isFailure(result) ? result.failure : undefined
      assert.include(failure?.message, "the last status was PENDING")
      assert.include(failure?.message, "SailPoint answered 500")
    })
  )

  it.effect("fails with the typed error that does not pass", () =>
    Effect.gen(function* () {
      const { result } = yield* awaiting(
        ["PENDING", new BulkUploadError.NotFound({})],
        "5 minutes",
        "1 minute"
      )
      assert.strictEqual(Result.isFailure(result) && result.failure._tag, "NotFound")
    })
  )

  it.effect("each of many who wait is told when its own time is up, whoever came first", () =>
    Effect.gen(function* () {
      const { layer } = scripted(["PENDING"])
      const ended: Array<readonly [asked: number, after: number]> = []
      yield* Effect.gen(function* () {
        const uploads = yield* BulkUploads.BulkUploads
        for (const seconds of [30, 10, 20, 10]) {
          yield* uploads
            .awaitSettled(sourceId, { timeout: Duration.seconds(seconds), ...every("4 seconds") })
            .pipe(
              Effect.catchTag("NotSettled", ({ after }) =>
                Effect.sync(() => ended.push([seconds, Duration.toSeconds(after)]))
              ),
              Effect.forkChild
            )
        }
        yield* TestClock.adjust("15 seconds")
        assert.deepStrictEqual(ended, [
          [10, 10],
          [10, 10]
        ])
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(ended.slice(2), [
          [20, 20],
          [30, 30]
        ])
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("does not wait for what is run on a check beyond its time", () =>
    Effect.gen(function* () {
      const { layer } = scripted(["PENDING"])
      const fiber = yield* Effect.flatMap(BulkUploads.BulkUploads, (uploads) =>
        Effect.flip(uploads.awaitSettled(sourceId, { timeout: "30 seconds", onCheck: () => Effect.never }))
      ).pipe(Effect.provide(layer), Effect.forkChild)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "NotSettled")
    })
  )

  it.effect("is a span where there is a tracer", () =>
    Effect.gen(function* () {
      const { layer } = scripted(["COMPLETED"])
      const names: Array<string> = []
      const tracer = Tracer.make({
        span: (options) => {
          names.push(options.name)
          return new Tracer.NativeSpan(options)
        }
      })
      yield* Effect.flatMap(BulkUploads.BulkUploads, (uploads) =>
        uploads.awaitSettled(sourceId, { timeout: "30 seconds" })
      ).pipe(Effect.provide(layer), Effect.provideService(Tracer.Tracer, tracer))
      assert.include(names, "BulkUploads.awaitSettled")
    })
  )
})
