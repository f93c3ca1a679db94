/**
 * The runtimes of the tests of published packages: the Nodes that the packages promise to run on (the oldest, that of this
 * project, the newest line), older Nodes, Bun and Deno.
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

/** Many machines still have these. */
export const TOO_OLD = ["18.20.8", "20.20.2"] as const

/** Commands that run a module, by the package that brings them. */
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

/** From npm's packages, which hold nothing but the program. */
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
