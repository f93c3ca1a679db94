import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "../support/Assistant.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const ask = (sourceId: string, env: Record<string, string> = {}, tool?: string) =>
  Effect.flatMap(Assistant.connect(Assistant.modern, env, ["--sandbox"]), ({ call }) =>
    call({ sourceId }, tool)
  )

describe("--sandbox", { timeout: 60_000 }, () => {
  it.live("--sandbox counts records and searches for events without settings", () =>
    Effect.gen(function* () {
      const { structured } = yield* ask(Source.named("Half landed").sourceId, {}, "explain_bulk_upload")
      assert.containSubset(structured, { events: { outcome: "found" }, records: { createdSince: 5 } })
    })
  )

  it.live("--sandbox needs no settings, ignores the tenant in the environment, and marks the answer", () =>
    Effect.gen(function* () {
      const tenant = yield* Sandbox.make()
      for (const env of [{}, ServerProcess.settingsFor(tenant), { SAIL_BASE_URL: "nonsense" }]) {
        const { structured } = yield* ask(Source.named("Done").sourceId, env)
        assert.deepInclude(structured, { status: "COMPLETED", sandbox: true })
      }
      assert.deepStrictEqual(yield* tenant.received, [])
    })
  )

  it.live.each([true, false])("the instructions mention made-up data only with --sandbox: %s", (sandbox) =>
    Effect.gen(function* () {
      const settings = ServerProcess.settingsFor(yield* Sandbox.make())
      const server = yield* ServerProcess.start(sandbox ? ["--sandbox"] : [], settings)
      yield* server.send(JsonRpc.initialize(1))
      const { result } = yield* server.answer(1)
      assert.strictEqual(result?.instructions?.includes("made up"), sandbox)
    })
  )
})
