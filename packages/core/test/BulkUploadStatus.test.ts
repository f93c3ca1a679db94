import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as BulkUploadStatus from "../src/BulkUploadStatus.ts"
import { decodeStatus } from "../src/internal/statusBody.ts"

const decode = (body: unknown) => Effect.fromResult(decodeStatus(JSON.stringify(body)))
const states: ReadonlyArray<BulkUploadStatus.State> = ["PENDING", "IN_PROGRESS", "COMPLETED", "ERROR", null]

describe("BulkUploadStatus", () => {
  it.effect.each(states)("decodes %s", (status) =>
    Effect.map(decode({ status }), (decoded) => assert.strictEqual(decoded, status))
  )

  it.effect("reads an empty object as null", () =>
    Effect.map(decode({}), (decoded) => assert.strictEqual(decoded, null))
  )

  it.effect("passes over keys that it does not know", () =>
    Effect.map(decode({ jobId: "1", status: "ERROR" }), (decoded) => assert.strictEqual(decoded, "ERROR"))
  )

  it.effect("does not take for null what is the answer to something else", () =>
    Effect.map(Effect.exit(decode({ error: "invalid_token" })), (exit) =>
      assert.strictEqual(exit._tag, "Failure")
    )
  )

  it.effect.each(["pending", " PENDING", "CANCELLED", "", 1, true, {}, ["PENDING"]])(
    "does not decode %j",
    (status) =>
      Effect.map(Effect.exit(decode({ status })), (exit) => assert.strictEqual(exit._tag, "Failure"))
  )

  it.each(states)("%s is settled only if the job has ended", (state) => {
    assert.strictEqual(BulkUploadStatus.isSettled(state), state === "COMPLETED" || state === "ERROR")
  })

  it("is honest about null and about a status right after an upload", () => {
    assert.include(BulkUploadStatus.meaning(null), "not documented")
    for (const state of ["COMPLETED", "ERROR"] as const) {
      assert.include(BulkUploadStatus.meaning(state), "still be the one before it")
    }
  })

  it("says something of its own about every state", () => {
    assert.strictEqual(new Set(states.map(BulkUploadStatus.meaning)).size, states.length)
    for (const state of states) assert.match(BulkUploadStatus.nextStep(state), /\.$/u)
  })
})
