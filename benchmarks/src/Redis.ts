/**
 * A real Redis that listens on a socket in a temporary folder and keeps nothing on disk.
 */
import { path } from "@sailpoint-bulk-upload/tooling/redisServer"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Redis extends AsyncDisposable {
  readonly socket: string
}

export const start = async (): Promise<Redis> => {
  const folder = mkdtempSync(join(tmpdir(), "bench-redis-"))
  const socket = join(folder, "redis.sock")
  const child = spawn(path(), ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"]
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("ready to accept connections")) resolve()
    })
    child.once("close", (code) => reject(new Error(`redis-server ended with ${code}.`)))
    child.once("error", reject)
  })
  return {
    socket,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, "close")
      child.kill("SIGKILL")
      await ended
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
