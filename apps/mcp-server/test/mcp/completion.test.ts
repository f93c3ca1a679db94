import { assert, describe, it, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "../support/Assistant.ts"
import { settingsFor } from "../support/ServerProcess.ts"

const RESOURCE = {
  ref: {
    type: "ref/resource",
    uri: "sailpoint://non-employee-sources/{sourceId}/bulk-upload-status"
  },
  name: "sourceId"
} as const

const PROMPT = { ref: { type: "ref/prompt", name: "did_my_upload_work" }, name: "source" } as const

const complete = (where: typeof RESOURCE | typeof PROMPT, value: string) =>
  Effect.gen(function* () {
    const { ask } = yield* Assistant.Assistant
    const params = { ref: where.ref, argument: { name: where.name, value } }
    return (yield* ask((offers) => offers.complete(params))).completion
  })

const typed = [
  ["a part of several names", "status", ["No status", "New status"]],
  ["capitals and spaces", "  DONE ", ["Done"]],
  ["an empty text", "", Source.seeded.map(({ name }) => name)],
  ["an unknown name", "warehouse", []]
] as const

describe.each(Assistant.kinds)("completion for a client $name", { timeout: 60_000 }, (kind) => {
  layer(Assistant.layer(kind), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect.each(typed)(
      "completion finds sources by %s: IDs for the resource, names for the prompt",
      ([, value, names]) =>
        Effect.gen(function* () {
          const { hasMore, total, values } = yield* complete(RESOURCE, value)
          const sources = names.toSorted((a, b) => a.localeCompare(b, "en")).map(Source.named)
          assert.deepStrictEqual(
            values,
            sources.map(({ sourceId }) => sourceId)
          )
          assert.deepStrictEqual([total, hasMore], [names.length, false])
          assert.deepStrictEqual(
            (yield* complete(PROMPT, value)).values,
            sources.map(({ name }) => name)
          )
        })
    )
  })
})

/** Provides an assistant whose server uses this sandbox. */
const connected = (sandbox: Sandbox.Service, env: Record<string, string> = {}) =>
  Effect.map(Assistant.connect(Assistant.modern, { ...settingsFor(sandbox), ...env }), (assistant) =>
    Effect.provideService(Assistant.Assistant, assistant)
  )

const listed = (received: ReadonlyArray<Sandbox.Received>) =>
  received.filter(({ endpoint }) => endpoint === "sources")

describe("completion", { timeout: 60_000 }, () => {
  it.live("completion returns at most 100 values, and the total", () =>
    Effect.gen(function* () {
      const sources = Array.from({ length: 120 }, (_, n) => ({
        ...Source.named("Done"),
        name: `Contractors ${n}`,
        id: `5a4d0000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`,
        sourceId: n.toString(16).padStart(32, "0")
      }))
      const provided = yield* connected(yield* Sandbox.make({ sources }))
      const { hasMore, total, values } = yield* provided(complete(RESOURCE, "contractors"))
      assert.lengthOf(values, 100)
      assert.deepStrictEqual([total, hasMore], [120, true])
    })
  )

  it.live("completion offers the user's own sources if listing all is forbidden", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const provided = yield* connected(sandbox)
      yield* sandbox.fail({ endpoint: "sources", fault: { _tag: "Respond", status: 403, body: {} } })
      const { values } = yield* provided(complete(PROMPT, "done"))
      assert.deepStrictEqual(values, ["Done"])
      assert.deepStrictEqual(
        listed(yield* sandbox.received).map(({ path }) => path.includes("requested-for=me")),
        [false, true]
      )
    })
  )

  it.live("completion offers nothing and no error if listing is forbidden", () =>
    Effect.gen(function* () {
      const env = { SAIL_CLIENT_ID: "sandbox-no-scope", SAIL_CLIENT_SECRET: "no-scope-secret" }
      const provided = yield* connected(yield* Sandbox.make(), env)
      assert.deepStrictEqual((yield* provided(complete(RESOURCE, ""))).values, [])
    })
  )
})
