/**
 * The redis-server of the tests, the soak and the bench: the one in REDIS_SERVER, or the first one on the path. Without one,
 * tests are skipped, except in CI, which installs one.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"

/** Returns the path of the program, or undefined if it is missing. */
export const find = (): string | undefined => {
  const { PATH = "", REDIS_SERVER = "" } = process.env
  const paths = PATH.split(delimiter).map((folder) => join(folder, "redis-server"))
  return (REDIS_SERVER === "" ? paths : [REDIS_SERVER]).find((path) => existsSync(path))
}

export const MISSING =
  "redis-server is missing. Install it (Debian, Ubuntu: apt-get install -y redis-server; macOS: brew install redis), or set REDIS_SERVER to its path."

/** Returns the path of the program, or throws if it is missing. */
export const path = (): string => {
  const found = find()
  if (found === undefined) throw new Error(MISSING)
  return found
}

const DEFAULTS = {
  bind: "127.0.0.1",
  save: '""',
  appendonly: "no",
  dir: tmpdir(),
  "rdb-del-sync-files": "yes"
}

/** Starts a redis-server that keeps nothing on disk. Resolves when its log contains `isReady`. */
export const launch = async (
  settings: Readonly<Record<string, string>>,
  isReady = "Ready to accept connections"
): Promise<ChildProcess> => {
  const child = spawn(path(), ["-"], { stdio: ["pipe", "pipe", "inherit"] })
  const lines = Object.entries({ ...DEFAULTS, ...settings }).map(([name, value]) => `${name} ${value}`)
  child.stdin.end(lines.join("\n"))
  await new Promise<void>((resolve, reject) => {
    let log = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      log += text
      if (log.includes(isReady)) resolve()
    })
    child.once("error", reject)
    child.once("close", () => reject(new Error(`redis-server did not start: ${log}`)))
  })
  child.stdout.removeAllListeners("data").resume()
  return child
}

/** Kills a redis-server without a shutdown, like a power failure, unless it has already ended. */
export const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, "close")
  child.kill("SIGKILL")
  await closed
}

/** Whether the tests that need a redis-server are skipped. */
export const isSkipped: boolean = find() === undefined && process.env["CI"] === undefined

/** Prints why tests are skipped. Vitest calls it once per run. */
export const setup = (): void => {
  if (isSkipped) process.stderr.write(`Tests that need Redis are skipped: ${MISSING}\n`)
}
