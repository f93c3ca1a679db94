/**
 * The built command as a child process, spoken to in raw lines.
 */
import type * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { callStatus, initialize, initialized, type Message } from "./JsonRpc.ts"

export const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** The environment of a server that asks this sandbox; nothing else is in it. */
export const settingsFor = ({ url }: Pick<Sandbox.Service, "url">): Record<string, string> => ({
  SAIL_BASE_URL: url,
  SAIL_CLIENT_ID: "sandbox",
  SAIL_CLIENT_SECRET: "sandbox-secret"
})

export class EndedTooSoon extends Data.TaggedError("EndedTooSoon")<{ readonly message: string }> {}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface ServerProcess {
  readonly send: (...messages: ReadonlyArray<object>) => Effect.Effect<void>
  readonly pid: number
  readonly write: (text: string | Uint8Array) => Effect.Effect<void>
  /** What it has written so far. */
  readonly messages: Effect.Effect<ReadonlyArray<Message>>
  /** The message with that id, as soon as its line is complete. */
  readonly answer: (id: number | string) => Effect.Effect<Message, EndedTooSoon>
  /** What standard error says, as soon as it does. */
  readonly told: (pattern: RegExp) => Effect.Effect<RegExpExecArray, EndedTooSoon>
  /** What standard output says, as soon as it does. */
  readonly wrote: (pattern: RegExp) => Effect.Effect<RegExpExecArray, EndedTooSoon>
  readonly closeInput: Effect.Effect<void>
  /** As an assistant that goes on writing but reads no more. */
  readonly stopReading: Effect.Effect<void>
  /** As an assistant that is busy with something else, until it reads on. */
  readonly pauseReading: Effect.Effect<void>
  readonly readOn: Effect.Effect<void>
  /** As an assistant that is not interested in the log. */
  readonly closeLog: Effect.Effect<void>
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** When it has ended, whether or not what it wrote is read. */
  readonly exited: Effect.Effect<void>
  /** How it ended, once it has and all that it wrote is read. */
  readonly ended: Effect.Effect<Ended>
}

/** Starts it; ends it when the scope closes. The runtime is a command with its own arguments. */
export const start = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  main: string = MAIN,
  [runtime, ...options]: readonly [string, ...ReadonlyArray<string>] = [process.execPath]
) => startCommand(runtime, [...options, main, ...args], env)

/** The same for any command. */
export const startCommand = (
  command: string,
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv
): Effect.Effect<ServerProcess, never, Scope.Scope> =>
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
      // A write to a process that has ended; how it ended is what the tests look at.
      child.stdin.on("error", () => undefined)

      const closed = new Promise<Ended>((resolve) => {
        child.once("close", (code, signal) => resolve({ code, signal, ...output }))
      })
      const ended = Effect.promise(() => closed)
      const exit = new Promise<void>((resolve) => {
        child.once("exit", () => resolve())
      })

      /** What is found in the output, as soon as it is there. */
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
              const message = `It ended (${code ?? signal}) and only wrote: ${output.stdout}${output.stderr}`
              const found = find() ?? undefined
              return found === undefined ? new EndedTooSoon({ message }) : Effect.succeed(found)
            })
          )
        )

      const write = (text: string | Uint8Array) => Effect.sync(() => void child.stdin.write(text))

      return {
        send: (...messages) => write(messages.map((message) => `${JSON.stringify(message)}\n`).join("")),
        pid: child.pid ?? 0,
        write,
        messages: Effect.sync(() => [...messages]),
        answer: (id) => seen("stdout", () => messages.find((message) => message.id === id)),
        told: (pattern) => seen("stderr", () => pattern.exec(output.stderr)),
        wrote: (pattern) => seen("stdout", () => pattern.exec(output.stdout)),
        closeInput: Effect.sync(() => void child.stdin.end()),
        stopReading: Effect.sync(() => void child.stdout.destroy()),
        pauseReading: Effect.sync(() => void child.stdout.pause()),
        readOn: Effect.sync(() => void child.stdout.resume()),
        closeLog: Effect.sync(() => void child.stderr.destroy()),
        kill: (signal) => Effect.sync(() => void child.kill(signal)),
        exited: Effect.promise(() => exit),
        ended
      }
    })
  )

/** Starts it, and greets it with a request whose ID is 0. */
export const greeted = (sandbox: Pick<Sandbox.Service, "url">, ...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const server = yield* start(args, settingsFor(sandbox))
    yield* server.send(initialize(0), initialized)
    yield* server.answer(0)
    return server
  })

/**
 * Starts it, greets it, and asks for a status that takes so long; ends when the sandbox has that request. The
 * server itself gives up an attempt after 10 s.
 */
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

/** Whether the sandbox has a request for a status. */
export const asked = (received: ReadonlyArray<Sandbox.Received>): boolean =>
  statusRequests(received).length > 0

/** How the first request for a status ended: the status that it was answered with, or `aborted`. */
export const firstOutcome = (sandbox: Sandbox.Service) =>
  sandbox
    .until((received) => statusRequests(received)[0]?.outcome !== undefined)
    .pipe(Effect.map((received) => statusRequests(received)[0]?.outcome))

/** The complete lines of standard output. */
export const linesIn = (stdout: string): ReadonlyArray<string> => stdout.split("\n").slice(0, -1)

/** The messages among them; whether there is anything else is a test of its own. */
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
