/**
 * A proxy on loopback that connects its clients with any target (RFC 9110, section 9.3.6), or refuses with a status, and
 * remembers the targets.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createServer } from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"

export interface ConnectProxy {
  readonly url: string
  /** What it was asked to connect with, such as `127.0.0.1:8080`. */
  readonly targets: ReadonlyArray<string>
}

export const start = Effect.fnUntraced(function* (
  refusing?: number
): Effect.fn.Return<ConnectProxy, never, Scope.Scope> {
  const targets: Array<string> = []
  const sockets = new Set<Socket>()
  // What a client sends through it without connecting first is a mistake of the test.
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
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on("error", () => socket.destroy())
    }
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    () =>
      Effect.promise(() => {
        for (const socket of sockets) socket.destroy()
        return new Promise((resolve) => server.close(resolve))
      })
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, targets }
})
