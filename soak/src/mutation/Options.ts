/**
 * The command line of `pnpm run mutation`.
 */
import { parseArgs } from "node:util"
import { whole } from "../numbers.ts"

export interface Options {
  readonly paths: ReadonlyArray<string>
  /** The number of changes to try. */
  readonly sample: number
  readonly seed: number
  /** The test files or folders to run; if empty, those of the module's package. */
  readonly tests: ReadonlyArray<string>
  /** The number of copies of the project that work at once. */
  readonly jobs: number
}

/** The modules that run without PATH. */
const DEFAULT = [
  "packages/core/src",
  "apps/mcp-server/src/http",
  "apps/mcp-server/src/stdio",
  "apps/mcp-server/src/mcp",
  "apps/mcp-server/src/handlers"
]

export const HELP = `Changes modules in many small ways, one at a time, and prints the changes that no test notices.

Usage: pnpm run mutation [PATH …] [options]

  PATH         a module or a folder of modules, such as packages/core/src/internal/reply.ts (default: core and the
               server's http, stdio, mcp and handlers)
  --sample N   try N changes of these modules, chosen at random (default: all)
  --seed N     the seed of the choice (default: a random one, which is printed)
  --tests PATH a test file or folder to run; can be given several times (default: all of the package)
  --jobs N     work in N copies of the project at once (default: 1)
  --help       print this text
`

export const parse = (argv: ReadonlyArray<string>): Options | { readonly problem: string } | "help" => {
  try {
    const { positionals, values } = parseArgs({
      args: argv.filter((argument) => argument !== "--"),
      allowPositionals: true,
      options: {
        sample: { type: "string" },
        seed: { type: "string" },
        jobs: { type: "string" },
        tests: { type: "string", multiple: true },
        help: { type: "boolean", short: "h" }
      }
    })
    if (values.help === true) return "help"
    return {
      paths: positionals.length === 0 ? DEFAULT : positionals,
      sample: values.sample === undefined ? Infinity : whole("sample", values.sample, 1),
      seed: values.seed === undefined ? Date.now() % 2 ** 31 : whole("seed", values.seed),
      tests: values.tests ?? [],
      jobs: whole("jobs", values.jobs ?? "1", 1)
    }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
