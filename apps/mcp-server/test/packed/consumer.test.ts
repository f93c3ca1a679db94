/** The packed libraries in another project. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { mkdir, symlink, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { promisify } from "node:util"
import { pack, ROOT, temporaryFolder, unpack } from "../support/Tarball.ts"

const run = promisify(execFile)

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
      auth: { clientId: "sandbox", clientSecret: Redacted.make("sandbox-secret") },
      retryPolicy: RetryPolicy.none
    })
  )
).pipe(
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(Sandbox.layer())
)

const status: Effect.Effect<BulkUploadStatus.State, BulkUploadError.BulkUploadError, BulkUploads.BulkUploads> =
  Effect.map(getBulkUploadStatus(Source.named("Done").sourceId), ({ status }) => status)

const program = Effect.all([status, SourceId.fromString(Source.named("Done").id)])
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

/** A project with the packed packages, their peers and their dependencies. */
const consumer = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  for (const library of ["packages/core", "packages/sandbox"] as const) {
    const tarball = yield* pack(library, folder)
    yield* unpack(tarball, join(folder, "node_modules/@sailpoint-bulk-upload", basename(library)))
  }
  yield* Effect.promise(async () => {
    await mkdir(join(folder, "node_modules/@effect"))
    await mkdir(join(folder, "node_modules/@types"))
    for (const [name, from] of [
      ["effect", "packages/core"],
      ["@effect/platform-node", "packages/sandbox"],
      ["@types/node", "."]
    ] as const) {
      await symlink(join(ROOT, from, "node_modules", name), join(folder, "node_modules", name))
    }
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }))
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG))
    await writeFile(join(folder, "main.ts"), CONSUMER)
  })
  return folder
})

describe("the packed libraries", { timeout: 120_000 }, () => {
  it.live("the packed libraries compile and run in a strict project", () =>
    Effect.gen(function* () {
      const folder = yield* consumer
      const tsc = join(ROOT, "node_modules/typescript/bin/tsc")
      yield* Effect.promise(() => run(process.execPath, [tsc, "-p", folder]))
      const { stderr, stdout } = yield* Effect.promise(() => run(process.execPath, [join(folder, "main.js")]))
      assert.deepStrictEqual(JSON.parse(stdout), ["COMPLETED", "5a4d0000-0000-4000-8000-000000000005"])
      assert.strictEqual(stderr, "")
    })
  )
})
