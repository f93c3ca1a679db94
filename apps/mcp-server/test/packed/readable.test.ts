/** The packed server is readable, leads to its sources and packages, and cannot run other code. */
import { JsonStrictValidator } from "@cyclonedx/cyclonedx-library/Validation"
import { Version } from "@cyclonedx/cyclonedx-library/Spec"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { minifySync } from "rolldown/utils"
import { BUILT_COMMAND, CHUNKS } from "../support/BuiltCommand.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"
import { escapesIn, marksOf } from "../support/SourceReview.ts"
import { layer as packed, Tarballs } from "../support/Tarball.ts"

/** Code of packages that never runs, each with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "zod/v4/core/util.js: Function": "checks whether code can be generated; the server disables that",
  "zod/v4/core/doc.js: Function": "compiles an object check from its schema; the server disables that"
}

const REPORT_GENERATED_CODE = `
  const report = (act) => (...args) => {
    process.stderr.write("Code was generated.\\n")
    return act(...args)
  }
  const handler = { apply: report(Reflect.apply), construct: report(Reflect.construct) }
  globalThis.Function = new Proxy(Function, handler)
  globalThis.eval = new Proxy(eval, handler)
`

type SourceMap = Readonly<Record<"sources" | "sourcesContent", ReadonlyArray<string>>>

const read = (path: string) =>
  Effect.map(Tarballs, (all) => readFileSync(join(all["apps/mcp-server"].folder, path), "utf8"))

/** Texts for the review, which no test runs: each has one expression that the published code must not have. */
const escapes: ReadonlyArray<readonly [string, escape: string]> = [
  ["globalThis.run = eval", "eval"],
  ["new WebAssembly.Module(bytes)", "WebAssembly"],
  ["callbacks[Function]", "Function"],
  ["new module.constructor()._compile(text)", "_compile"],
  [`import vm from "vm"`, "vm"],
  [`process.getBuiltinModule("node:vm")`, "node:vm"],
  [`globalThis[Symbol.for("undici.globalDispatcher.1")]`, "undici.globalDispatcher.1"],
  [`import("data:text/javascript," + text)`, "import of an expression"]
]

describe("the review of a file", () => {
  it("the review reports code that is packed into a comment", () => {
    const packed = Buffer.from("const answer = 42?\n".repeat(30)).toString("base64")
    assert.deepStrictEqual(marksOf(`/*${packed}*/${"\n".repeat(9)}`), ["encoded data"])
  })

  it.each(escapes)("the review reports %s", (code, escape) => {
    assert.deepStrictEqual(escapesIn(code), [`no module: ${escape}`])
  })
})

describe("in the packed server", { timeout: 60_000 }, () => {
  layer(packed, { excludeTestServices: true, timeout: "2 minutes" })((it) => {
    it.effect.each(CHUNKS)("dist/%s.js is readable, and its minified form is not", (chunk) =>
      Effect.gen(function* () {
        const code = yield* read(`dist/${chunk}.js`)
        assert.deepStrictEqual(marksOf(code), [])
        assert.includeMembers([...marksOf(minifySync("a.js", code).code)], ["long lines", "short names"])
      })
    )

    it.effect("no packed file can run other code, except for listed exceptions", () =>
      Effect.gen(function* () {
        const found = yield* Effect.forEach(CHUNKS, (chunk) =>
          Effect.map(read(`dist/${chunk}.js`), escapesIn)
        )
        assert.sameMembers(found.flat(), Object.keys(EXCEPTIONS))
      })
    )

    it.effect("a start and a call of the packed server generate no code", () =>
      Effect.gen(function* () {
        const { "apps/mcp-server": server } = yield* Tarballs
        const sandbox = yield* Sandbox.make()
        const { answer, closeInput, ended, send } = yield* ServerProcess.start(
          ["--log-level", "warn"],
          ServerProcess.settingsFor(sandbox),
          join(server.folder, "dist/main.js"),
          [process.execPath, `--import=data:text/javascript,${encodeURIComponent(REPORT_GENERATED_CODE)}`]
        )
        const { sourceId } = Source.named("Done")
        yield* send(JsonRpc.initialize(0), JsonRpc.initialized, JsonRpc.callStatus(1, sourceId))
        assert.deepInclude((yield* answer(1)).result?.structuredContent, { status: "COMPLETED" })
        yield* closeInput
        assert.strictEqual((yield* ended).stderr, "")
      })
    )

    it.effect("a defect is logged with files and lines of the package", () =>
      Effect.gen(function* () {
        const { "apps/mcp-server": server } = yield* Tarballs
        const { send, logged } = yield* ServerProcess.start(
          [],
          { SAIL_BASE_URL: "http://127.0.0.1:9", SAIL_ACCESS_TOKEN: "token" },
          join(server.folder, "dist/main.js"),
          // This fetch returns undefined, so the code that reads the answer throws.
          [process.execPath, "--import=data:text/javascript,globalThis.fetch=async()=>undefined"]
        )
        const { sourceId } = Source.named("Done")
        yield* send(JsonRpc.initialize(0), JsonRpc.initialized, JsonRpc.callStatus(1, sourceId))
        const [, stack = ""] = yield* logged(/cause="(TypeError: .+ \(reading 'status'\).+?)"/u)
        const frames = Array.from(
          stack.matchAll(/\((file:\S+):(\d+):(\d+)\)/gu),
          ([, url = "", line, column]) => {
            const lines = readFileSync(fileURLToPath(url), "utf8").split("\n")
            return { url, text: lines[Number(line) - 1]?.slice(Number(column) - 1) }
          }
        )
        const dist = pathToFileURL(join(server.folder, "dist/")).href
        assert.match(frames[0]?.text ?? "", /^status\b/u)
        for (const { url } of frames) assert.isTrue(url.startsWith(dist), url)
      })
    )

    it.effect("each source map has the contents of its sources", () =>
      Effect.gen(function* () {
        for (const map of BUILT_COMMAND.filter((file) => file.endsWith(".map"))) {
          const file = map.replace(".map", "")
          assert.include(yield* read(file), `//# sourceMappingURL=${map.replace("dist/", "")}`)
          const { sources, sourcesContent }: SourceMap = JSON.parse(yield* read(map))
          assert.isNotEmpty(sources)
          const contents = sourcesContent.filter((text) => text !== null)
          assert.lengthOf(contents, sources.length, map)
        }
      })
    )

    it.effect("the bill of materials is valid, and names the licensed packages and the two libraries", () =>
      Effect.gen(function* () {
        const text = yield* read("dist/sbom.cdx.json")
        const problems = yield* Effect.promise(() => new JsonStrictValidator(Version.v1dot6).validate(text))
        assert.isNull(problems)
        const { components }: { readonly components: ReadonlyArray<{ readonly purl: string }> } =
          JSON.parse(text)
        const named = components.map(({ purl }) => decodeURIComponent(purl).replace("pkg:npm/", ""))
        const licenses = (yield* read("dist/THIRD_PARTY_LICENSES.txt")).matchAll(
          /^(\S+) (\d\S*) \([^)]+\)$/gmu
        )
        const licensed = Array.from(licenses, ([, name, version]) => `${name}@${version}`)
        const libraries = ["core", "sandbox"].map((name) => `@sailpoint-bulk-upload/${name}@0.0.0`)
        assert.sameMembers(named, [...licensed, ...libraries])
      })
    )
  })
})
