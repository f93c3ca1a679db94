/**
 * A real Redis with a replica, behind a proxy that connects to the primary. Nothing is kept on disk.
 */
import { path } from "@sailpoint-bulk-upload/tooling/redisServer"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server } from "node:net"
import { tmpdir } from "node:os"

export interface RedisPair extends AsyncDisposable {
  /** Connects to the server that is the primary at that time. */
  readonly url: string
  /** Kills the primary and starts it again, empty. */
  readonly restart: () => Promise<void>
  /** Kills the primary, promotes the replica and starts another replica. Writes that had not reached it are lost. */
  readonly failOver: () => Promise<void>
}

interface Member {
  readonly port: number
  readonly kill: () => Promise<void>
}

export const start = async (): Promise<RedisPair> => {
  let primary = await launch(await freePort())
  let replica = await launch(await freePort(), primary)
  const proxy = createServer((client) => {
    const upstream = connect(primary.port, "127.0.0.1")
    client.pipe(upstream)
    upstream.pipe(client)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client]
    ] as const) {
      socket.on("error", () => socket.destroy())
      socket.on("close", () => other.destroy())
    }
  })
  return {
    url: `redis://127.0.0.1:${await portOf(proxy)}`,
    restart: async () => {
      await primary.kill()
      primary = await launch(primary.port)
    },
    failOver: async () => {
      await primary.kill()
      const promotion = connect(replica.port, "127.0.0.1").end("REPLICAOF NO ONE\r\n").resume()
      await once(promotion, "close")
      primary = replica
      replica = await launch(await freePort(), primary)
    },
    [Symbol.asyncDispose]: async () => {
      proxy.close()
      await Promise.all([primary.kill(), replica.kill()])
    }
  }
}

const portOf = async (server: Server): Promise<number> => {
  await once(server.listen(0, "127.0.0.1"), "listening")
  return (server.address() as AddressInfo).port
}

const freePort = async (): Promise<number> => {
  const server = createServer()
  const port = await portOf(server)
  await once(server.close(), "close")
  return port
}

/** Resolves when the server accepts connections and, as a replica, has the data of its primary. */
const launch = async (port: number, primary?: Member): Promise<Member> => {
  const options = {
    port: String(port),
    bind: "127.0.0.1",
    save: "",
    appendonly: "no",
    dir: tmpdir(),
    "rdb-del-sync-files": "yes",
    "repl-diskless-sync-delay": "0",
    ...(primary === undefined ? {} : { replicaof: `127.0.0.1 ${primary.port}` })
  }
  const lines = Object.entries(options).map(([option, value]) => `${option} ${value === "" ? '""' : value}`)
  const child = spawn(path(), ["-"], { stdio: ["pipe", "pipe", "inherit"] })
  child.stdin.end(lines.join("\n"))
  const isReady = primary === undefined ? "Ready to accept connections" : "sync: Finished with success"
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
  return { port, kill: () => kill(child) }
}

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, "close")
  child.kill("SIGKILL")
  await closed
}
