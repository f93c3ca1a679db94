/**
 * The Inspector of the protocol's authors, run as its command against a server over HTTP.
 */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const COMMAND = fileURLToPath(
  new URL(
    "../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
    import.meta.url
  )
)

/** It keeps settings and keys at home: a folder that is gone with the scope. */
const home = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "inspector-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What it makes of one request; 5 is its code for a tool that answers with an error. */
export const run = (url: string, era: "legacy" | "modern", args: ReadonlyArray<string>) =>
  Effect.flatMap(home, (HOME) =>
    Effect.callback<Outcome>((resume) => {
      const child = spawn(
        process.execPath,
        [
          COMMAND,
          "--cli",
          `${url}/mcp`,
          "--transport",
          "http",
          "--protocol-era",
          era,
          "--format",
          "json",
          ...args
        ],
        { env: { HOME }, stdio: "pipe" }
      )
      const output = { stdout: "", stderr: "" }
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
      child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
      child.once("close", (code) => resume(Effect.succeed({ code, ...output })))
      return Effect.sync(() => child.kill("SIGKILL"))
    })
  )
