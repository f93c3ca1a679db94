import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as BulkUploadStatus from "../src/BulkUploadStatus.ts"
import { decodeStatus } from "../src/internal/statusBody.ts"

const states: ReadonlyArray<BulkUploadStatus.State> = ["PENDING", "IN_PROGRESS", "COMPLETED", "ERROR", null]

/** Bodies, and the status in each or, if it has none, the unknown status. */
const bodies: ReadonlyArray<readonly [object, BulkUploadStatus.State | { readonly unknown?: string }]> = [
  ...states.map((status) => [{ status }, status] as const),
  [{}, null],
  [{ jobId: "1", status: "ERROR" }, "ERROR"],
  [{ error: "invalid_token" }, {}],
  [{ status: "CANCELLED" }, { unknown: "CANCELLED" }],
  ...["pending", " PENDING", "", "OK.", "A".repeat(41), "ERROR\u202E", 1, true, {}, ["PENDING"]].map(
    (status) => [{ status }, {}] as const
  )
]

describe("BulkUploadStatus", () => {
  it.each(bodies)("the status in %j is decoded, or refused by its form", (body, expected) => {
    const decoded = Result.match(decodeStatus(JSON.stringify(body)), {
      onSuccess: (status) => status,
      onFailure: ({ unknownStatus: unknown }) => (unknown === undefined ? {} : { unknown })
    })
    assert.deepStrictEqual(decoded, expected)
  })

  it.each(states)("%s is settled only if the job has ended", (state) => {
    assert.strictEqual(BulkUploadStatus.isSettled(state), state === "COMPLETED" || state === "ERROR")
  })

  it("the meanings of null and of a settled status name their limits", () => {
    assert.include(BulkUploadStatus.meaning(null), "not documented")
    for (const state of ["COMPLETED", "ERROR"] as const) {
      assert.include(BulkUploadStatus.meaning(state), "still be the previous one")
    }
  })

  it("each state has a different meaning, and its meaning and next step are whole sentences", () => {
    assert.strictEqual(new Set(states.map(BulkUploadStatus.meaning)).size, states.length)
    const { meaning, nextStep } = BulkUploadStatus
    for (const state of states) assert.match(`${meaning(state)} ${nextStep(state)}`, /^[A-Z].+\. [A-Z].+\.$/u)
  })
})
