/** The packed library, as it would be published, in a project of somebody else's. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)
const root = fileURLToPath(new URL("../../..", import.meta.url))

/** pnpm, as it runs these tests: a script or a program; by itself when they are run without it. */
const pnpm = (args: ReadonlyArray<string>, cwd: string) => {
  const { npm_execpath: self = "" } = process.env
  if (!self.includes("pnpm")) return run("npx", ["--yes", "pnpm@12.21.0", ...args], { cwd })
  return /\.[cm]?js$/u.test(self) ? run(process.execPath, [self, ...args], { cwd }) : run(self, args, { cwd })
}

const CONSUMER = `
import { BulkUploadError, BulkUploads, BulkUploadStatus, getBulkUploadStatus, RetryPolicy } from "@sailpoint-bulk-upload/core"
import * as SourceId from "@sailpoint-bulk-upload/core/SourceId"
import { Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const Live = Layer.unwrap(
  Effect.map(Sandbox.Sandbox, ({ url }) =>
    BulkUploads.layer({
      baseUrl: url,
      auth: { clientId: "sandbox", clientSecret: Redacted.make("sandbox-secret") }
    })
  )
).pipe(
  Layer.provide(RetryPolicy.layer(RetryPolicy.none)),
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(Sandbox.layer())
)

const status: Effect.Effect<BulkUploadStatus.State, BulkUploadError.BulkUploadError, BulkUploads.BulkUploads> =
  Effect.map(getBulkUploadStatus(Source.named("Done").sourceId), ({ status }) => status)

const refused: Effect.Effect<string, Exclude<BulkUploadError.BulkUploadError, { _tag: "Forbidden" }>, BulkUploads.BulkUploads> =
  getBulkUploadStatus(Source.named("Private").id).pipe(
    Effect.as("seen"),
    Effect.catchTags({ Forbidden: (error) => Effect.succeed(error.trackingId ?? "no id") })
  )

const program = Effect.all([status, refused, SourceId.fromString(Source.named("Done").id)])
console.log(JSON.stringify(await Effect.runPromise(Effect.provide(program, Live))))
`

const TSCONFIG = {
  compilerOptions: {
    target: "ES2023",
    module: "NodeNext",
    lib: ["ESNext", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true
  },
  include: ["*.ts"]
}

/** A project that has the packed packages installed, beside what they name as peers and dependencies. */
const consumer = Effect.acquireRelease(
  Effect.promise(async () => {
    const folder = await mkdtemp(join(tmpdir(), "consumer-"))
    const scope = join(folder, "node_modules/@sailpoint-bulk-upload")
    await mkdir(scope, { recursive: true })
    for (const name of ["core", "sandbox"]) {
      await pnpm(["pack", "--pack-destination", folder], join(root, "packages", name))
      await mkdir(join(scope, name))
      await run(
        "tar",
        ["-xzf", `sailpoint-bulk-upload-${name}-0.1.0.tgz`, "--strip-components=1", "-C", join(scope, name)],
        { cwd: folder }
      )
    }
    await mkdir(join(folder, "node_modules/@effect"))
    await mkdir(join(folder, "node_modules/@types"))
    for (const [name, from] of [
      ["effect", "packages/core"],
      ["@effect/platform-node", "packages/sandbox"],
      ["@types/node", "."]
    ] as const) {
      await symlink(join(root, from, "node_modules", name), join(folder, "node_modules", name))
    }
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }))
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG))
    await writeFile(join(folder, "main.ts"), CONSUMER)
    return { folder, core: join(scope, "core"), sandbox: join(scope, "sandbox") }
  }),
  ({ folder }) => Effect.promise(() => rm(folder, { recursive: true }))
)

describe("the packed packages", () => {
  it.live(
    "compile and run in a strict project that installs them",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* consumer
        const tsc = join(root, "node_modules/typescript/bin/tsc")
        yield* Effect.promise(() => run(process.execPath, [tsc, "-p", folder]))
        const { stderr, stdout } = yield* Effect.promise(() =>
          run(process.execPath, [join(folder, "main.js")])
        )
        assert.deepStrictEqual(JSON.parse(stdout), [
          "COMPLETED",
          "5a4dfa17000000000000000000000403",
          "5a4d0000-0000-4000-8000-000000000005"
        ])
        assert.strictEqual(stderr, "")
      }),
    120_000
  )

  it.live(
    "hold built files, their sources for the maps, licence and manifest, and nothing else",
    () =>
      Effect.gen(function* () {
        const { core, sandbox } = yield* consumer
        for (const folder of [core, sandbox]) {
          const files = yield* Effect.promise(() => readdir(folder, { recursive: true, withFileTypes: true }))
          for (const file of files.filter((entry) => entry.isFile())) {
            const path = join(file.parentPath, file.name).slice(folder.length + 1)
            assert.match(
              path,
              /^(?:package\.json|LICENSE|README\.md|dist\/.+\.(?:js|d\.ts)(?:\.map)?|src\/.+\.ts)$/u
            )
          }
          const manifest = JSON.parse(
            yield* Effect.promise(() => readFile(join(folder, "package.json"), "utf8"))
          )
          assert.match(manifest.exports["."].default, /^\.\/dist\//u)
          assert.deepStrictEqual(manifest.scripts ?? {}, {})
        }
        const manifest = JSON.parse(yield* Effect.promise(() => readFile(join(core, "package.json"), "utf8")))
        assert.isUndefined(manifest.dependencies, "the library has its peer alone")
        assert.deepStrictEqual(Object.keys(manifest.peerDependencies), ["effect"])
      }),
    120_000
  )
})
