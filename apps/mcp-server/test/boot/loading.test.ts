import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import packageJson from "../../package.json" with { type: "json" }
import * as CommandLine from "../../src/cli/CommandLine.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import { observed } from "../support/observed.ts"
import * as ServerProcess from "../support/ServerProcess.ts"
import { temporaryFolder } from "../support/Tarball.ts"

/** The built files that every start loads. */
const START = ["boot", "effect", "main", "protocol", "rolldown-runtime", "server"].map((name) => `${name}.js`)

interface Coverage {
  readonly result: ReadonlyArray<{ readonly url: string }>
}

/** The built files that V8 compiled. */
const loaded = (path: string): ReadonlyArray<string> =>
  readdirSync(path)
    .flatMap((file) => (JSON.parse(readFileSync(join(path, file), "utf8")) as Coverage).result)
    .flatMap(({ url }) => /\/mcp-server\/dist\/(.+)$/u.exec(url)?.[1] ?? [])

/** The files that a conversation with these calls loads. */
const loadedBy = (calls: ReadonlyArray<{ readonly id: number }>, env: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const path = yield* temporaryFolder
    const { answers } = yield* observed({ calls, env: { ...env, NODE_V8_COVERAGE: path } })
    for (const { result } of answers) assert.isUndefined(result?.["isError"])
    assert.lengthOf(answers, calls.length)
    return loaded(path)
  })

const status = JsonRpc.callStatus(1, Source.named("Done").sourceId)

const conversations: ReadonlyArray<
  readonly [string, Parameters<typeof loadedBy>[0], Readonly<Record<string, string>>, ReadonlyArray<string>]
> = [
  ["a list of the tools", [JsonRpc.listTools(1)], { OTEL_SDK_DISABLED: "true" }, []],
  ["a call", [status], { OTEL_SDK_DISABLED: "True" }, ["calls.js", "streams.js"]],
  ["a call without a collector", [status], { OTEL_EXPORTER_OTLP_ENDPOINT: "" }, ["calls.js", "streams.js"]],
  ["a call with a collector", [status], {}, ["calls.js", "streams.js", "telemetry.js"]]
]

describe("loading", { timeout: 60_000 }, () => {
  it.live.each(conversations)("%s loads only the files that it needs", ([, calls, env, files]) =>
    Effect.gen(function* () {
      assert.sameMembers([...(yield* loadedBy(calls, env))], [...START, ...files])
    })
  )

  it.live.each([
    ["--version", `${packageJson.version}\n`],
    ["--help", CommandLine.HELP]
  ] as const)(
    "%s loads only the files of a start, and prints its text on standard output",
    ([option, stdout]) =>
      Effect.gen(function* () {
        const path = yield* temporaryFolder
        const { ended } = yield* ServerProcess.start([option], { NODE_V8_COVERAGE: path })
        assert.deepStrictEqual(yield* ended, { code: 0, signal: null, stdout, stderr: "" })
        assert.sameMembers([...loaded(path)], START)
      })
  )
})
