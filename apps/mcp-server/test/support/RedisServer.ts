/**
 * A real Redis of the test's own, on a free port, with nothing on disk; stopped and started as the test likes.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { createClient } from "redis"
import type * as Certificates from "./Certificates.ts"
import { listen } from "./Loopback.ts"

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

/** Whether the tests that need a redis-server are skipped; in CI, which installs one, they fail instead. */
export const isMissing: boolean = find() === undefined && process.env["CI"] === undefined

/** Says so once per run, before the first test file. */
export const setup = (): void => {
  if (isMissing) process.stderr.write("The tests of Redis are skipped, because redis-server is missing.\n")
}

const launch = (settings: ReadonlyArray<string>): Promise<ChildProcess> =>
  new Promise((resolve, reject) => {
    const program = find()
    if (program === undefined) {
      throw new Error(
        "These tests need a redis-server: install it (Debian, Ubuntu: apt-get install -y redis-server; macOS: brew install redis), or name one in REDIS_SERVER."
      )
    }
    const child = spawn(program, ["-"], { stdio: ["pipe", "pipe", "ignore"] })
    child.stdin.end([...NOTHING_ON_DISK, "bind 127.0.0.1", ...settings].join("\n"))
    let log = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      log += text
      if (log.includes("Ready to accept connections")) resolve(child)
    })
    child.once("error", reject)
    child.once("close", () => reject(new Error(`redis-server did not start: ${log}`)))
  })

const NOTHING_ON_DISK = ['save ""', "appendonly no", `dir ${tmpdir()}`, "rdb-del-sync-files yes"]

const end = (child: ChildProcess | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once("close", () => resolve())
    child.kill("SIGKILL")
  })

const connect = async (url: string, tls: Certificates.Certificate | undefined) => {
  const client = createClient(
    tls === undefined ? { url } : { url, socket: { tls: true, ca: readFileSync(tls.authority) } }
  )
  await client.connect()
  return client
}

type Client = Awaited<ReturnType<typeof connect>>

export interface Options {
  readonly password?: string
  /** It takes connections over TLS, and no others. */
  readonly tls?: Certificates.Certificate
}

/** Not running yet. It is gone when the scope closes. */
export const make = ({ password, tls }: Options = {}): Effect.Effect<RedisServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const address = yield* Effect.scoped(listen(createServer()))
    let child: ChildProcess | undefined
    yield* Effect.addFinalizer(() => Effect.promise(() => end(child)))
    const scheme = tls === undefined ? "redis" : "rediss"
    const url = `${scheme}://${password === undefined ? "" : `:${password}@`}${address}`
    const port = new URL(url).port
    const withClient = <A>(use: (client: Client) => Promise<A>) =>
      Effect.acquireUseRelease(
        Effect.promise(() => connect(url, tls)),
        (client) => Effect.promise(() => use(client)),
        (client) => Effect.sync(() => client.destroy())
      )
    return {
      url,
      start: Effect.promise(async () => {
        child = await launch([
          ...(tls === undefined ? [`port ${port}`] : overTls(port, tls)),
          ...(password === undefined ? [] : [`requirepass ${password}`])
        ])
      }),
      stop: Effect.promise(() => end(child)),
      hang: Effect.sync(() => void child?.kill("SIGSTOP")),
      command: (...args) => withClient((client) => client.sendCommand([...args])),
      keys: (pattern) => withClient((client) => client.keys(pattern))
    }
  })

const overTls = (port: string, { authority, certificate, key }: Certificates.Certificate) => [
  "port 0",
  `tls-port ${port}`,
  "tls-auth-clients no",
  `tls-cert-file ${certificate}`,
  `tls-key-file ${key}`,
  `tls-ca-cert-file ${authority}`
]

/** Running. */
export const started = (options: Options = {}) => Effect.tap(make(options), ({ start }) => start)
