import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as JsonRpc from "./support/JsonRpc.ts"
import { observed } from "./support/observed.ts"
import { MAIN } from "./support/ServerProcess.ts"

const calls = [JsonRpc.callStatus(1, Source.named("Done").sourceId)]

/** The name of a service of Effect's exporters, which their module holds where it is evaluated. */
const EXPORTERS = "effect/observability/OtlpSerialization"

interface Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}

interface Coverage {
  readonly result: ReadonlyArray<{
    readonly url: string
    readonly functions: ReadonlyArray<{ readonly ranges: ReadonlyArray<Range> }>
  }>
}

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "coverage-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** How often V8 evaluated the place of that text in the built file: the count of the smallest range around it. */
const evaluated = (path: string, text: string): number | undefined => {
  const at = readFileSync(MAIN, "utf8").indexOf(text)
  assert.isAtLeast(at, 0)
  return readdirSync(path)
    .flatMap((file) => (JSON.parse(readFileSync(join(path, file), "utf8")) as Coverage).result)
    .filter(({ url }) => url.endsWith("/dist/main.js"))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .filter(({ endOffset, startOffset }) => startOffset <= at && at < endOffset)
    .toSorted((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset))[0]?.count
}

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
      assert.strictEqual(evaluated(path, EXPORTERS), count)
    })
  )
})
