import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "./support/Assistant.ts"
import { settingsFor } from "./support/ServerProcess.ts"

const LIST = "list_non_employee_sources"

const listed = (kind: Assistant.Kind, args: Record<string, unknown>, env: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const assistant = yield* Assistant.connect(kind, { ...settingsFor(sandbox), ...env })
    yield* assistant.tools
    const answer = yield* assistant.call(args, LIST)
    return { ...answer, received: yield* sandbox.received }
  })

describe("list_non_employee_sources", { timeout: 60_000 }, () => {
  it.live.each(Assistant.kinds.map((kind) => [kind.name, kind] as const))(
    "finds a source by a part of its name, for a client %s",
    ([, kind]) =>
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

  it.live("lists them by name, twenty at the most, and says how many there are", () =>
    Effect.gen(function* () {
      const { structured } = yield* listed(Assistant.modern, {})
      const sources = structured?.["sources"] as ReadonlyArray<{ readonly name: string }>
      const names = Source.seeded.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b, "en"))
      assert.deepStrictEqual(
        sources.map(({ name }) => name),
        names.slice(0, 20)
      )
      assert.deepStrictEqual([structured?.["total"], structured?.["truncated"]], [names.length, true])
    })
  )

  it.live("cuts a long description", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({
        sources: [{ ...Source.named("Done"), description: "x".repeat(300) }]
      })
      const { call } = yield* Assistant.connect(Assistant.modern, settingsFor(sandbox))
      const { structured } = yield* call({}, LIST)
      const sources = structured?.["sources"] as ReadonlyArray<{ readonly description: string }>
      assert.deepStrictEqual(
        sources.map(({ description }) => description),
        [`${"x".repeat(99)}…`]
      )
    })
  )

  it.live("nothing that fits is an empty list, and no error", () =>
    Effect.gen(function* () {
      const { isError, structured } = yield* listed(Assistant.modern, { nameContains: "no such thing" })
      assert.isFalse(isError)
      assert.deepStrictEqual(structured, { sources: [], total: 0, truncated: false })
    })
  )

  it.live("asks for the owner's own sources when that is wanted", () =>
    Effect.gen(function* () {
      const { received } = yield* listed(Assistant.modern, { ownedByMe: true })
      assert.include(received.at(-1)?.path, "requested-for=me")
    })
  )

  it.live("says what listing takes when it is refused", () =>
    Effect.gen(function* () {
      const { isError, structured } = yield* listed(
        Assistant.modern,
        {},
        { SAIL_CLIENT_ID: "sandbox-no-scope", SAIL_CLIENT_SECRET: "no-scope-secret" }
      )
      assert.isTrue(isError)
      assert.strictEqual(structured?.["error"], "Forbidden")
      assert.include(String(structured?.["nextStep"]), "ORG_ADMIN")
    })
  )
})
