/** The packed library with the newest `effect` of its peer range, as npm installs both: `pnpm run test:published`. */
import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import core from "../../../../packages/core/package.json" with { type: "json" }
import { settingsFor } from "../support/ServerProcess.ts"
import { pack, temporaryFolder } from "../support/Tarball.ts"

const run = promisify(execFile)

const PROGRAM = `
import { BulkUploads, getBulkUploadStatus } from "@sailpoint-bulk-upload/core"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"

const Live = BulkUploads.layerConfig().pipe(Layer.provide(FetchHttpClient.layer))
const { status } = await Effect.runPromise(getBulkUploadStatus(process.argv[2]).pipe(Effect.provide(Live)))
console.log(status)
`

describe("the packed library", () => {
  it.live(
    "returns a status with the newest effect of its peer range",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const tarball = yield* pack("packages/core", folder)
        const sandbox = yield* Sandbox.make()
        const env = { ...process.env, ...settingsFor(sandbox) }
        const { stderr, stdout } = yield* Effect.promise(async () => {
          await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }))
          await writeFile(join(folder, "program.js"), PROGRAM)
          const flags = ["--no-audit", "--no-fund", "--prefer-online"]
          await run("npm", ["install", ...flags, `effect@${core.peerDependencies.effect}`, tarball], {
            cwd: folder
          })
          return await run(process.execPath, ["program.js", Source.named("Done").sourceId], {
            cwd: folder,
            env
          })
        })
        assert.deepStrictEqual([stdout, stderr], ["COMPLETED\n", ""])
      }),
    120_000
  )
})
