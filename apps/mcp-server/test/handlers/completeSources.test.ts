import { assert, describe, it } from "@effect/vitest"
import { ServerError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { SourceId } from "@sailpoint-bulk-upload/core/SourceId"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { completeSources, SourceCompletion } from "../../src/handlers/completeSources.ts"

const sourceId = SourceId.make("e136567de87e4d029e60b3c3c55db56d")

describe("the sources for completions", () => {
  it.effect("the sources are listed at most once in 30 seconds, and again at once after a failure", () => {
    const results = [Effect.fail(new ServerError({ httpStatus: 503 })), "A", "B"].map((name) =>
      typeof name === "string" ? Effect.succeed([{ sourceId, name, description: "" }]) : name
    )
    const sources = Layer.mock(NonEmployeeSources)({
      list: () => Effect.suspend(() => results.shift() ?? Effect.die("listed too often"))
    })
    return Effect.gen(function* () {
      const complete = yield* SourceCompletion
      const completed = Effect.map(complete(""), (found) => found.map(({ name }) => name))
      assert.strictEqual((yield* Effect.flip(complete("")))._tag, "ServerError")
      assert.deepStrictEqual(yield* completed, ["A"])
      yield* TestClock.adjust(29_999)
      assert.deepStrictEqual(yield* completed, ["A"])
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* completed, ["B"])
    }).pipe(Effect.provide(Layer.provide(completeSources, sources)))
  })
})
