/**
 * The built command as a child process.
 */
import * as Environment from "@sailpoint-bulk-upload/sandbox/Environment"
import type * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

export const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  readonly env?: Readonly<Record<string, string>>
  /** The program to start instead of Node with the command. */
  readonly program?: readonly [command: string, ...args: ReadonlyArray<string>]
  /** Once the output matches, acts on the process or on the sandbox. */
  readonly when?: { readonly shows: RegExp; readonly act: (child: ChildProcessWithoutNullStreams) => void }
}

/** Runs it to its end. */
export const run = (args: ReadonlyArray<string>, options: Options = {}): Effect.Effect<Ended> =>
  Effect.callback((resume) => {
    const [command, ...before] = options.program ?? [process.execPath, MAIN]
    const child = spawn(command, [...before, ...args], {
      env: { PATH: process.env["PATH"], ...options.env },
      stdio: ["pipe", "pipe", "pipe"]
    })
    let { when } = options
    const act = (text: string): void => {
      if (when === undefined || !when.shows.test(text)) return
      const { act } = when
      when = undefined
      act(child)
    }
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
      act(stdout)
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text
      act(stderr)
    })
    child.on("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** The variables of a client of this sandbox. */
export const envOf = (sandbox: Sandbox.Service): Readonly<Record<string, string>> =>
  Environment.variables(sandbox)
