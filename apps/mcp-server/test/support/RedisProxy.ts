/**
 * The name of a Redis: connections lead to the server that has the name when they are made, as with a DNS name or a
 * virtual address.
 */
import * as Effect from "effect/Effect"
import { connect, createServer, type Socket } from "node:net"
import { listen } from "./Loopback.ts"

export interface RedisProxy {
  readonly url: string
  /** How many connections were made. */
  readonly connections: () => number
  /** New connections lead to that server. The old ones stay. */
  readonly moveTo: (url: string) => void
  /** Answers scripts on the connections that are open with this error. New ones are as before. */
  readonly refuseScripts: (error: string) => void
}

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
      connections: () => connections,
      moveTo: (url) => {
        target = new URL(url)
      },
      refuseScripts: (error) => {
        for (const socket of refusals.keys()) refusals.set(socket, error)
      }
    } satisfies RedisProxy
  })
