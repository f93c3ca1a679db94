import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import { BulkUploads, layerApiClient } from "../src/BulkUploads.ts"
import * as ApiClient from "../src/internal/apiClient.ts"
import { apiClient } from "./support/apiClient.ts"
import { tenant } from "./support/tenant.ts"

const idOf = (name: string) => Source.named(name).sourceId
const shown = Result.match({
  onFailure: (error: { readonly _tag: string }) => error._tag,
  onSuccess: ({ status }: { readonly status: string | null }) => String(status)
})

/** The service over a scripted client. */
const answering = (to: <A>(sourceId: string, answer: Effect.Effect<A>) => Effect.Effect<A>) => {
  const attempt = <A>({ decode, subject }: ApiClient.Call<A>) =>
    to(subject.sourceId ?? "", Effect.orDie(Effect.fromResult(decode('{"status":"COMPLETED"}'))))
  return Effect.map(
    Layer.build(Layer.provide(layerApiClient, Layer.succeed(ApiClient.ApiClient, apiClient(attempt)))),
    Context.get(BulkUploads)
  )
}

describe("statuses", () => {
  it.live(
    "statuses requests each source once, and returns a success or failure for each in the given order",
    () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        const uploads = yield* BulkUploads
        const results = yield* uploads.statuses(
          [idOf("Done"), "nonsense", idOf("Private"), idOf("Queued"), idOf("Done"), Source.named("Done").id],
          { concurrency: 1 }
        )
        assert.deepStrictEqual(results.map(shown), [
          "COMPLETED",
          "InvalidSourceId",
          "Forbidden",
          "PENDING",
          "COMPLETED",
          "COMPLETED"
        ])
        const asked = (yield* sandbox.received).filter(({ endpoint }) => endpoint === "status")
        assert.strictEqual(asked.length, 4)
      }).pipe(Effect.provide(tenant()))
  )

  it.live("statusesStream emits results in the order of the answers", () =>
    Effect.gen(function* () {
      const uploads = yield* BulkUploads
      const seen = yield* Stream.runCollect(uploads.statusesStream([idOf("Slow"), idOf("Done"), "nonsense"]))
      assert.deepStrictEqual(
        seen.map(([sourceId, result]) => [sourceId, shown(result)]),
        [
          ["nonsense", "InvalidSourceId"],
          [idOf("Done"), "COMPLETED"],
          [idOf("Slow"), "COMPLETED"]
        ]
      )
    }).pipe(Effect.provide(tenant()))
  )

  it.effect.each([
    ["ten requests", {}, 10],
    ["as many requests as the option says", { concurrency: 3 }, 3]
  ] as const)("statuses and statusesStream have up to %s under way", ([, options, expected]) =>
    Effect.gen(function* () {
      const counts = { now: 0, most: 0 }
      const uploads = yield* answering((_, answer) =>
        Effect.acquireUseRelease(
          Effect.sync(() => (counts.most = Math.max(counts.most, ++counts.now))),
          () => Effect.andThen(Effect.yieldNow, answer),
          () => Effect.sync(() => (counts.now -= 1))
        )
      )
      const ids = Array.from({ length: 20 }, (_, n) => n.toString(16).padStart(32, "0"))
      for (const all of [
        uploads.statuses(ids, options),
        Stream.runCollect(uploads.statusesStream(ids, options))
      ]) {
        counts.most = 0
        yield* all
        assert.strictEqual(counts.most, expected)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("statusesStream interrupts its requests when its consumer ends", () =>
    Effect.gen(function* () {
      const asked = new Array<string>()
      const abandoned = new Array<string>()
      const isSecondAsked = yield* Deferred.make<void>()
      const [first = "", second = "", ...others] = ["1", "2", "3", "4"].map((digit) => digit.repeat(32))
      const uploads = yield* answering((sourceId, answer) => {
        asked.push(sourceId)
        if (sourceId === first) return Effect.andThen(Deferred.await(isSecondAsked), answer)
        Deferred.doneUnsafe(isSecondAsked, Exit.void)
        return Effect.onInterrupt(Effect.never, () => Effect.sync(() => abandoned.push(sourceId)))
      })
      const seen = yield* uploads
        .statusesStream([first, second, ...others], { concurrency: 2 })
        .pipe(Stream.runHead)
      assert.isTrue(Option.exists(seen, ([sourceId]) => sourceId === first))
      assert.deepStrictEqual(asked.slice(0, 2), [first, second])
      assert.deepStrictEqual(abandoned, asked.slice(1))
    }).pipe(Effect.scoped)
  )

  it.effect("statusesStream ends with a defect", () =>
    Effect.gen(function* () {
      const uploads = yield* answering(() => Effect.die("a bug"))
      const exit = yield* Effect.exit(Stream.runCollect(uploads.statusesStream(["1".repeat(32)])))
      assert.isTrue(Exit.hasDies(exit))
    }).pipe(Effect.scoped)
  )
})
