import { assert, describe, it } from "@effect/vitest"
import { type Explained, Explanation } from "@sailpoint-bulk-upload/core/Explanation"
import { SourceId } from "@sailpoint-bulk-upload/core/SourceId"
import * as Effect from "effect/Effect"
import { explainBulkUpload } from "../../src/handlers/explainBulkUpload.ts"
import { cutTo } from "../../src/text/TokenEstimate.ts"

const sourceId = SourceId.make("e136567de87e4d029e60b3c3c55db56d")
const long = "ab".repeat(200)
const names = Array.from({ length: 49 }, () => "n")
const missing = ["a", "b", "c", "d", "e"]
const named = (all: ReadonlyArray<string>) => all.map((name) => ({ name }))
const event = { action: "NON_EMPLOYEE_BULK_IMPORT_FAILED", at: "", certainty: "near" } as const
const part = { what: "records", error: "Forbidden" } as const

/** A long text in each list, and 50 columns and 10 events. */
const explained: Explained = {
  sourceId,
  status: "ERROR",
  settled: true,
  meaning: "",
  checkedAt: "2026",
  columns: {
    required: [long, ...names],
    optional: ["o"],
    missing,
    unknown: [{ name: long, didYouMean: long }, ...named(names)],
    problems: [long]
  },
  events: {
    outcome: "found",
    items: [{ ...event, actor: long, text: long }, ...Array.from({ length: 9 }, () => event)]
  },
  unavailable: [{ ...part, nextStep: "Set accessToken." }],
  checks: [],
  nextStep: "Wait."
}

const resultOf = (of: Explained): Promise<object> =>
  Effect.runPromise(
    explainBulkUpload(sourceId, {}).pipe(
      Effect.provideService(Explanation, { explain: () => Effect.succeed(of) })
    )
  )

/** The levels of detail: columns, events, the tokens of a name, of a text, and of the longest meaning that fits. */
const levels = [
  [40, 8, 40, 120, 150],
  [20, 4, 16, 120, 516],
  [10, 3, 10, 40, 761],
  [5, 2, 8, 20, 9_000]
] as const

const rows = levels.map((level, n) => [...level, (levels[n - 1]?.[4] ?? -1) + 1] as const)

describe("an explanation", () => {
  it.each(rows)(
    "an explanation has the highest level of detail that fits: %d columns and %d events",
    async (columns, events, nameTokens, textTokens, longest, shortest) => {
      const name = cutTo(nameTokens, long)
      const more = [...names.slice(0, columns - 1), `... and ${50 - columns} more`]
      for (const meaning of [longest, shortest].map((tokens) => "ab".repeat(tokens))) {
        assert.deepStrictEqual(await resultOf({ ...explained, meaning }), {
          ...explained,
          meaning,
          unavailable: [{ ...part, nextStep: "Set SAIL_ACCESS_TOKEN." }],
          columns: {
            required: [name, ...more],
            optional: ["o"],
            missing,
            unknown: [{ name, didYouMean: name }, ...named(more)],
            problems: [cutTo(45, long)]
          },
          events: {
            outcome: "found",
            items: [
              { ...event, actor: cutTo(textTokens / 2, long), text: cutTo(textTokens, long) },
              ...Array.from({ length: events - 1 }, () => event)
            ]
          }
        })
      }
    }
  )

  it("an explanation suggests audit events only after ERROR", async () => {
    const events = { outcome: "off", items: [] } as const
    assert.deepInclude(await resultOf({ ...explained, status: "COMPLETED", events }), { nextStep: "Wait." })
  })
})
