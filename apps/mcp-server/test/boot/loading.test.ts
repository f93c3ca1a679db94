import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as JsonRpc from "../support/JsonRpc.ts"
import { observed } from "../support/observed.ts"

const calls = [JsonRpc.callStatus(1, Source.named("Done").sourceId)]

/** Parts of the built file, by the names that they are compiled under. */
const EXPORTERS = /\/dist\/main\.js\/OtlpExport-/u
const ANSWERS = /\/dist\/main\.js\/calls-/u
const ALL = /\/dist\/main\.js\//u

interface Coverage {
  readonly result: ReadonlyArray<{ readonly url: string }>
}

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "coverage-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** How many parts of that name V8 compiled. */
const compiled = (path: string, part: RegExp): number =>
  readdirSync(path)
    .flatMap((file) => (JSON.parse(readFileSync(join(path, file), "utf8")) as Coverage).result)
    .filter(({ url }) => part.test(url)).length

describe("what exports telemetry", { timeout: 60_000 }, () => {
  it.live.each([
    ["is loaded when there is a collector", {}, 1],
    ["is not even loaded when there is none", { OTEL_EXPORTER_OTLP_ENDPOINT: "" }, 0],
    ["is not even loaded when it is disabled", { OTEL_SDK_DISABLED: "true" }, 0]
  ] as const)("%s", ([, env, count]) =>
    Effect.gen(function* () {
      const path = yield* folder
      const { answers } = yield* observed({ calls, env: { ...env, NODE_V8_COVERAGE: path } })
      assert.strictEqual(answers[0]?.result?.structuredContent?.["status"], "COMPLETED")
      assert.strictEqual(compiled(path, EXPORTERS), count)
    })
  )
})

describe("what answers calls", { timeout: 60_000 }, () => {
  it.live("is loaded with the first one", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* observed({ calls, env: { OTEL_SDK_DISABLED: "true", NODE_V8_COVERAGE: path } })
      assert.strictEqual(compiled(path, ANSWERS), 1)
    })
  )

  it.live("is not even loaded by who only wants to know what there is", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const { answers } = yield* observed({
        calls: [JsonRpc.listTools(1)],
        env: { OTEL_SDK_DISABLED: "true", NODE_V8_COVERAGE: path }
      })
      assert.isDefined(answers[0]?.result)
      assert.strictEqual(compiled(path, ALL), 1)
    })
  )
})
