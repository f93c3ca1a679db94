/** The built command as a child process, and its raw lines. */
import type * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { callStatus, initialize, initialized, type Message } from "./JsonRpc.ts"

export const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** The whole environment of a server that uses this sandbox. */
export const settingsFor = ({ url }: Pick<Sandbox.Service, "url">): Record<string, string> => ({
  SAIL_BASE_URL: url,
  SAIL_CLIENT_ID: "sandbox",
  SAIL_CLIENT_SECRET: "sandbox-secret"
})

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export type ServerProcess = Effect.Success<ReturnType<typeof startCommand>>

/** Starts the server, and kills it when the scope closes. The runtime is a command with its arguments. */
export const start = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  main: string = MAIN,
  [runtime, ...options]: readonly [string, ...ReadonlyArray<string>] = [process.execPath]
) => startCommand(runtime, [...options, main, ...args], env)

/** Starts any command like `start`. */
export const startCommand = (command: string, args: ReadonlyArray<string>, env: NodeJS.ProcessEnv) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(command, args, { env, stdio: "pipe" })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  ).pipe(
    Effect.map((child) => {
      const output = { stdout: "", stderr: "" }
      const messages: Array<Message> = []
      let begun = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output.stdout += text
        const end = text.lastIndexOf("\n") + 1
        if (end > 0) messages.push(...messagesIn(begun + text.slice(0, end)))
        begun = (end > 0 ? "" : begun) + text.slice(end)
      })
      child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
      // A write to an ended process fails here; the tests check how the process ended.
      child.stdin.on("error", () => undefined)

      const closed = new Promise<Ended>((resolve) => {
        child.once("close", (code, signal) => resolve({ code, signal, ...output }))
      })
      const ended = Effect.promise(() => closed)
      const exit = new Promise<void>((resolve) => {
        child.once("exit", () => resolve())
      })

      /** Waits until the output contains a match. */
      const seen = <A>(on: "stdout" | "stderr", find: () => A | undefined | null) =>
        Effect.callback<A>((resume) => {
          const look = () => {
            const found = find() ?? undefined
            if (found === undefined) return
            child[on].off("data", look)
            resume(Effect.succeed(found))
          }
          child[on].on("data", look)
          look()
          return Effect.sync(() => child[on].off("data", look))
        }).pipe(
          Effect.raceFirst(
            Effect.flatMap(ended, ({ code, signal }) => {
              const message = `The process ended (${code ?? signal}) after this output: ${output.stdout}${output.stderr}`
              const found = find() ?? undefined
              return found === undefined ? Effect.fail(message) : Effect.succeed(found)
            })
          )
        )

      const write = (text: string | Uint8Array) => Effect.sync(() => void child.stdin.write(text))

      return {
        send: (...messages: ReadonlyArray<object>) =>
          write(messages.map((message) => `${JSON.stringify(message)}\n`).join("")),
        pid: child.pid ?? 0,
        write,
        /** The messages so far. */
        messages: Effect.sync(() => [...messages]),
        /** Waits for the message with this ID. */
        answer: (id: number | string) => seen("stdout", () => messages.find((message) => message.id === id)),
        /** Waits until standard error matches. */
        logged: (pattern: RegExp) => seen("stderr", () => pattern.exec(output.stderr)),
        /** Waits until standard output matches. */
        wrote: (pattern: RegExp) => seen("stdout", () => pattern.exec(output.stdout)),
        closeInput: Effect.sync(() => void child.stdin.end()),
        stopReading: Effect.sync(() => void child.stdout.destroy()),
        pauseReading: Effect.sync(() => void child.stdout.pause()),
        resumeReading: Effect.sync(() => void child.stdout.resume()),
        closeLog: Effect.sync(() => void child.stderr.destroy()),
        kill: (signal: NodeJS.Signals) => Effect.sync(() => void child.kill(signal)),
        /** Waits for the end of the process, even if its output is not read. */
        exited: Effect.promise(() => exit),
        /** Waits for the end of the process and of its output. */
        ended
      }
    })
  )

/** Starts the server, and initializes the connection with the ID 0. */
export const greeted = (sandbox: Pick<Sandbox.Service, "url">, ...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const server = yield* start(args, settingsFor(sandbox))
    yield* server.send(initialize(0), initialized)
    yield* server.answer(0)
    return server
  })

/** Starts the server with a call whose request takes this time (less than the server's 10 s), and waits for the request. */
export const startAsking = (
  sandbox: Sandbox.Service,
  call: { readonly id: number; readonly takes: "1 second" | "8 seconds" }
) =>
  Effect.gen(function* () {
    yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: call.takes } })
    const server = yield* greeted(sandbox)
    yield* server.send(callStatus(call.id, Source.named("Done").sourceId))
    yield* sandbox.until(asked)
    return server
  })

const statusRequests = (received: ReadonlyArray<Sandbox.Received>) =>
  received.filter(({ endpoint }) => endpoint === "status")

/** Whether the sandbox has received a status request. */
export const asked = (received: ReadonlyArray<Sandbox.Received>): boolean =>
  statusRequests(received).length > 0

/** The outcome of the first status request: the HTTP status, or `aborted`. */
export const firstOutcome = (sandbox: Sandbox.Service) =>
  sandbox
    .until((received) => statusRequests(received)[0]?.outcome !== undefined)
    .pipe(Effect.map((received) => statusRequests(received)[0]?.outcome))

/** The complete lines of standard output. */
export const linesIn = (stdout: string): ReadonlyArray<string> => stdout.split("\n").slice(0, -1)

/** The messages in standard output; other lines are left out. */
export const messagesIn = (stdout: string): ReadonlyArray<Message> =>
  linesIn(stdout).flatMap((line) => {
    try {
      return [JSON.parse(line) as Message]
    } catch {
      return []
    }
  })

/** The IDs of those messages. */
export const idsIn = (stdout: string) => messagesIn(stdout).map(({ id }) => id)
