/**
 * The conformance suite of the protocol's authors, run as its command, for one of its requirement sets.
 */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { LEGACY_VERSION, MODERN_VERSION } from "./JsonRpc.ts"

export const REVISIONS = [LEGACY_VERSION, MODERN_VERSION] as const

export type Revision = (typeof REVISIONS)[number]

const COMMAND = fileURLToPath(import.meta.resolve("@modelcontextprotocol/conformance/dist/index.js"))

export interface Verdict {
  /** 0 when every scored scenario passes, or fails as the baseline says. */
  readonly code: number | null
  /** From the summary on: a line for every scenario. */
  readonly summary: string
}

/** `baseline` is a file in `test/conformance`; without one nothing may fail. */
export const run = (url: string, revision: Revision, baseline?: string) =>
  Effect.callback<Verdict>((resume) => {
    const child = spawn(
      process.execPath,
      [
        COMMAND,
        "server",
        "--url",
        `${url}/mcp`,
        "--requirements",
        revision,
        ...(baseline === undefined ? [] : ["--expected-failures", pathOf(baseline)])
      ],
      { env: {}, stdio: "pipe" }
    )
    const output = { text: "" }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output.text += text))
    }
    child.once("close", (code) => {
      const summary = output.text.slice(Math.max(0, output.text.indexOf("=== SUMMARY ===")))
      resume(Effect.succeed({ code, summary }))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const pathOf = (file: string): string => fileURLToPath(new URL(`../conformance/${file}`, import.meta.url))
