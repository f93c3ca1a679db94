/** A proxy on loopback that connects its clients to any target (RFC 9110, section 9.3.6), or refuses with a status. */
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import { connect, type Socket } from "node:net"
import { listen } from "./Loopback.ts"

export type ConnectProxy = Effect.Success<ReturnType<typeof start>>

export const start = (refusing?: number) =>
  Effect.gen(function* () {
    /** The requested hosts and ports, for example `127.0.0.1:8080`. */
    const targets: Array<string> = []
    // A request without CONNECT is a bug in the test.
    const server = createServer((_, response) => response.writeHead(501).end())
    server.on("connect", ({ url = "" }, client: Socket) => {
      targets.push(url)
      if (refusing !== undefined) {
        client.end(`HTTP/1.1 ${refusing} Refused\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n`)
        return
      }
      const { hostname, port } = new URL(`http://${url}`)
      const upstream = connect(Number(port), hostname, () => {
        client.write("HTTP/1.1 200 Connection Established\r\n\r\n")
        upstream.pipe(client)
        client.pipe(upstream)
      })
      client.on("close", () => upstream.destroy())
      for (const socket of [client, upstream]) socket.on("error", () => socket.destroy())
    })
    return { url: `http://${yield* listen(server)}`, targets }
  })
