/**
 * A real Redis with a replica, behind a proxy that connects to the primary. Nothing is kept on disk.
 */
import * as redisServer from "@sailpoint-bulk-upload/tooling/redisServer"
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server } from "node:net"

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
  const settings = { port: String(port), "repl-diskless-sync-delay": "0" }
  const child =
    primary === undefined
      ? await redisServer.launch(settings)
      : await redisServer.launch(
          { ...settings, replicaof: `127.0.0.1 ${primary.port}` },
          "sync: Finished with success"
        )
  return { port, kill: () => redisServer.kill(child) }
}
