import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "../support/Assistant.ts"

const LIST = "list_non_employee_sources"

const listed = (
  kind: Assistant.Kind,
  args: Record<string, unknown>,
  sources: ReadonlyArray<Source.Source> = Source.seeded
) =>
  Effect.gen(function* () {
    const { assistant, sandbox } = yield* Assistant.withSandbox(kind, { sources })
    yield* assistant.tools
    const answer = yield* assistant.call(args, LIST)
    return { ...answer, received: yield* sandbox.received }
  })

describe("list_non_employee_sources", { timeout: 60_000 }, () => {
  it.live.each(Assistant.kinds)(
    "list_non_employee_sources finds a source by a part of its name, for a client $name",
    (kind) =>
      Effect.gen(function* () {
        const { isError, structured } = yield* listed(kind, { nameContains: " CONTRACT" })
        const { description, id, name, sourceId } = Source.named("Contractors")
        assert.isFalse(isError)
        assert.deepStrictEqual(structured, {
          sources: [{ sourceId, id, name, description }],
          total: 1,
          truncated: false
        })
      })
  )

  it.live("list_non_employee_sources sorts many sources by name and returns ID, name and total", () =>
    Effect.gen(function* () {
      const fitting = Source.seeded.slice(0, 22)
      const { structured } = yield* listed(Assistant.modern, {}, fitting)
      const byName = fitting.toSorted((a, b) => a.name.localeCompare(b.name, "en"))
      assert.deepStrictEqual(structured, {
        sources: byName.map(({ name, sourceId }) => ({ sourceId, name, description: "" })),
        total: fitting.length,
        truncated: false
      })
    })
  )

  const empty = [
    ["without a matching name", { nameContains: "unknown name" }, Source.seeded, "without nameContains"],
    ["of a tenant without sources", {}, [], "user level (ORG_ADMIN)"],
    ["of a tenant without sources, by a name", { nameContains: "R" }, [], "user level (ORG_ADMIN)"],
    ["of an owner without sources", { ownedByMe: true }, [], "without ownedByMe"]
  ] as const

  it.live.each(empty)("an empty list %s is a success and has a next step", ([, args, sources, says]) =>
    Effect.gen(function* () {
      const { isError, received, structured } = yield* listed(Assistant.modern, args, sources)
      assert.isFalse(isError)
      const { nextStep, ...rest } = { ...structured }
      assert.deepStrictEqual(rest, { sources: [], total: 0, truncated: false })
      assert.include(String(nextStep), says)
      assert.strictEqual(received.at(-1)?.path.includes("requested-for=me"), "ownedByMe" in args)
    })
  )
})
