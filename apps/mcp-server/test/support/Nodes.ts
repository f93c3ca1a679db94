/**
 * The Nodes that the packages promise to run on: the oldest one, the one of this project, and the newest line.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { execFile } from "node:child_process"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import packageJson from "../../package.json" with { type: "json" }
import { temporaryFolder } from "./Tarball.ts"

const run = promisify(execFile)

const OLDEST = `${packageJson.engines.node.replace(">=", "")}.0`
const NEWEST = "26.10.0"

export const VERSIONS = [OLDEST, process.versions.node, NEWEST] as const

/** The folder of each version's `node`. */
export class Nodes extends Context.Service<Nodes, { readonly folderOf: (version: string) => string }>()(
  "test/Nodes"
) {}

/** From npm's package `node`, which holds nothing but the program. */
export const layer: Layer.Layer<Nodes> = Layer.effect(
  Nodes,
  Effect.gen(function* () {
    const home = yield* temporaryFolder
    const others = VERSIONS.filter((version) => version !== process.versions.node)
    yield* Effect.promise(() =>
      run(
        "npm",
        [
          "install",
          "--no-save",
          "--prefix",
          home,
          ...others.map((version) => `${alias(version)}@npm:node@${version}`)
        ],
        { cwd: home }
      )
    )
    return {
      folderOf: (version) =>
        version === process.versions.node
          ? dirname(process.execPath)
          : join(home, "node_modules", alias(version), "bin")
    }
  })
)

const alias = (version: string): string => `node-${version}`
