/** A proxy for Redis, which connects each new client to the current server, like a DNS name that moves. */
import * as Effect from "effect/Effect"
import { connect, createServer, type Socket } from "node:net"
import { listen } from "./Loopback.ts"

export const start = (url: string) =>
  Effect.gen(function* () {
    let target = new URL(url)
    const refusals = new Map<Socket, string | undefined>()
    let connections = 0
    const server = createServer((client) => {
      connections += 1
      refusals.set(client, undefined)
      const upstream = connect(Number(target.port), target.hostname)
      upstream.pipe(client)
      client.on("data", (data: Buffer) => {
        const refusal = data.includes("EVALSHA") ? refusals.get(client) : undefined
        if (refusal === undefined) upstream.write(data)
        else client.write(`-${refusal}\r\n`)
      })
      for (const socket of [client, upstream]) {
        socket.on("error", () => socket.destroy())
        socket.on("close", () => {
          client.destroy()
          upstream.destroy()
          refusals.delete(client)
        })
      }
    })
    return {
      url: `redis://${yield* listen(server)}`,
      /** The number of connections so far. */
      connections: () => connections,
      /** Leads new connections to this server. Open connections stay. */
      moveTo: (url: string) => {
        target = new URL(url)
      },
      /** Answers scripts on the open connections with this error. */
      refuseScripts: (error: string) => {
        for (const socket of refusals.keys()) refusals.set(socket, error)
      }
    }
  })
