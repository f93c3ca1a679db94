/**
 * A real Redis of the test's own, on a free port, with nothing on disk; stopped and started as the test likes.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { createServer } from "node:net"
import { delimiter, join } from "node:path"
import { createClient } from "redis"

export interface RedisServer {
  readonly url: string
  readonly start: Effect.Effect<void>
  /** At once, as a machine that fails. */
  readonly stop: Effect.Effect<void>
  /** It keeps its connections and answers nothing. */
  readonly hang: Effect.Effect<void>
  /** Sends a command. */
  readonly command: (...args: ReadonlyArray<string>) => Effect.Effect<unknown>
  readonly keys: (pattern: string) => Effect.Effect<ReadonlyArray<string>>
}

const USUAL_FOLDERS = ["/usr/bin", "/usr/local/bin", "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"]

/** Where it is: named, on the path, or where packages put it. */
const find = (): string | undefined => {
  const { PATH = "", REDIS_SERVER = "" } = process.env
  const folders = [...PATH.split(delimiter), ...USUAL_FOLDERS]
  return [REDIS_SERVER, ...folders.map((folder) => join(folder, "redis-server"))].find(
    (path) => path !== "" && existsSync(path)
  )
}

/**
 * There is no redis-server, and nobody promised one: a person's run counts the tests that need it as skipped, so
 * that the tests need no more than Node. In CI, which installs it, they fail and say what is missing.
 */
export const isMissing: boolean = find() === undefined && process.env["CI"] === undefined

const program = (): string => {
  const found = find()
  if (found !== undefined) return found
  throw new Error(
    "These tests need a redis-server, and there is none: install it (Debian, Ubuntu: apt-get install -y redis-server; macOS: brew install redis), or name one in REDIS_SERVER."
  )
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

const launch = (port: number, args: ReadonlyArray<string>): Promise<ChildProcess> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      program(),
      ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", ...args],
      { stdio: ["ignore", "pipe", "ignore"] }
    )
    let log = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      log += text
      if (log.includes("Ready to accept connections")) resolve(child)
    })
    child.once("error", reject)
    child.once("close", () => reject(new Error(`redis-server did not start: ${log}`)))
  })

const end = (child: ChildProcess | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once("close", () => resolve())
    child.kill("SIGKILL")
  })

const connect = async (url: string) => {
  const client = createClient({ url })
  await client.connect()
  return client
}

const withClient = <A>(url: string, use: (client: Awaited<ReturnType<typeof connect>>) => Promise<A>) =>
  Effect.acquireUseRelease(
    Effect.promise(() => connect(url)),
    (client) => Effect.promise(() => use(client)),
    (client) => Effect.sync(() => client.destroy())
  )

/** Not running yet. It is gone when the scope closes. */
export const make = (
  options: { readonly password?: string } = {}
): Effect.Effect<RedisServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const port = yield* Effect.promise(freePort)
    const { password } = options
    let child: ChildProcess | undefined
    yield* Effect.addFinalizer(() => Effect.promise(() => end(child)))
    const url = `redis://${password === undefined ? "" : `:${password}@`}127.0.0.1:${port}`
    return {
      url,
      start: Effect.promise(async () => {
        child = await launch(port, password === undefined ? [] : ["--requirepass", password])
      }),
      stop: Effect.promise(() => end(child)),
      hang: Effect.sync(() => void child?.kill("SIGSTOP")),
      command: (...args) => withClient(url, (client) => client.sendCommand([...args])),
      keys: (pattern) => withClient(url, (client) => client.keys(pattern))
    }
  })

/** Running. */
export const started = (options: { readonly password?: string } = {}) =>
  Effect.tap(make(options), ({ start }) => start)
