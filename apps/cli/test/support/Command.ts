/** The built command as a child process. */
import * as Environment from "@sailpoint-bulk-upload/sandbox/Environment"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  readonly env?: Readonly<Record<string, string>>
  /** The program to start instead of the command. */
  readonly program?: readonly [command: string, ...args: ReadonlyArray<string>]
  /** Acts on the process or on the sandbox once the output matches. */
  readonly when?: { readonly shows: RegExp; readonly act: (child: ChildProcessWithoutNullStreams) => void }
}

/** Runs the command to its end. */
export const run = (args: ReadonlyArray<string>, options: Options = {}): Effect.Effect<Ended> =>
  Effect.callback((resume) => {
    const [command, ...before] = options.program ?? [process.execPath, MAIN]
    const child = spawn(command, [...before, ...args], { env: { PATH: process.env["PATH"], ...options.env } })
    const output = { stdout: "", stderr: "" }
    let { when } = options
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text
        if (when?.shows.test(output[name]) !== true) return
        const { act } = when
        when = undefined
        act(child)
      })
    }
    child.on("close", (code) => resume(Effect.succeed({ code, ...output })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** The variables of a client of this sandbox. */
export const envOf = (sandbox: Sandbox.Service): Readonly<Record<string, string>> =>
  Environment.variables(sandbox)

/** Runs the command to its end on a new sandbox. */
export const runOn = (args: ReadonlyArray<string>, env: Options["env"] = {}) =>
  Effect.flatMap(Sandbox.make(), (sandbox) => run(args, { env: { ...envOf(sandbox), ...env } }))

/** A folder that is removed when the scope closes. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "command-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)
