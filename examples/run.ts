/**
 * Runs an example by its name: `pnpm example status`. Without a name, or with an unknown one, it lists all examples.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** The examples: each is a program in `src`, except the last, which is a test. */
const EXAMPLES = {
  status: "one status, and a reaction to each of its failures",
  wait: "waiting for the end of an upload, with a progress bar in a terminal",
  table: "forty sources as a table",
  alert: "an alert for each upload that ends in ERROR",
  retries: "other retry policies",
  telemetry: "traces and metrics, sent to a collector that prints them",
  service: "an HTTP service for a front end, with a page to open in a browser",
  mocking: "testing your own code with a mock, the sandbox, and a test clock"
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const TESTS = ["--config", "vitest.workspace.ts", "--project", "examples", "mocking"]

// A closed pipe (`| head`) is not an error of the example.
process.stdout.once("error", () => process.exit())

const [name = ""] = process.argv.slice(2)
if (name === "mocking") {
  const vitest = spawn(process.execPath, [at("../node_modules/vitest/vitest.mjs"), "run", ...TESTS], {
    cwd: at(".."),
    stdio: "inherit"
  })
  const [code] = await once(vitest, "exit")
  process.exitCode = Number(code ?? 1)
} else if (Object.hasOwn(EXAMPLES, name)) {
  await import(`./src/${name}.ts`)
} else {
  const width = Math.max(...Object.keys(EXAMPLES).map((key) => key.length))
  const list = Object.entries(EXAMPLES).map(([key, purpose]) => `  ${key.padEnd(width)}  ${purpose}`)
  const text = ["Run an example with pnpm example NAME:", "", ...list, ""].join("\n")
  if (name === "") process.stdout.write(text)
  else {
    process.stderr.write(`Unknown example "${name}". ${text}`)
    process.exitCode = 2
  }
}
