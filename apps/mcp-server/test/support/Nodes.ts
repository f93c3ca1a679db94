/**
 * The runtimes for the tests of published packages: the oldest supported Node, that of this project, the newest, older
 * Nodes, Bun and Deno.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { dirname, join } from "node:path"
import packageJson from "../../package.json" with { type: "json" }
import { installed } from "./Tarball.ts"

const OLDEST = `${packageJson.engines.node.replace(">=", "")}.0`
const NEWEST = "26.10.0"

export const VERSIONS = [OLDEST, process.versions.node, NEWEST] as const

/** Old versions that many machines still have. */
export const TOO_OLD = ["18.20.8", "20.20.2"] as const

/** Commands that run a module, by their package. */
export const OTHERS = { "bun@1.4.5": ["bun"], "deno@2.9.6": ["deno", "run", "--allow-all"] } as const

export class Nodes extends Context.Service<
  Nodes,
  {
    /** The folder of a version's `node`. */
    readonly folderOf: (version: string) => string
    /** The folder of the commands in `OTHERS`. */
    readonly others: string
  }
>()("test/Nodes") {}

/** Installs the runtimes from npm. */
export const layer: Layer.Layer<Nodes> = Layer.effect(
  Nodes,
  Effect.gen(function* () {
    const nodes = [...VERSIONS, ...TOO_OLD].filter((version) => version !== process.versions.node)
    const aliases = nodes.map((version) => `${alias(version)}@npm:node@${version}`)
    const home = yield* installed([...aliases, ...Object.keys(OTHERS)])
    return {
      others: join(home, "node_modules/.bin"),
      folderOf: (version) =>
        version === process.versions.node
          ? dirname(process.execPath)
          : join(home, "node_modules", alias(version), "bin")
    }
  })
)

const alias = (version: string): string => `node-${version}`
