/** A server of a test on 127.0.0.1. */
import * as Effect from "effect/Effect"
import type { AddressInfo, Server, Socket } from "node:net"

/** Listens on a free port until the scope closes, which ends its connections; returns the host and port. */
export const listen = (server: Server) =>
  Effect.gen(function* () {
    const sockets = new Set<Socket>()
    server.on("connection", (socket) => {
      sockets.add(socket.on("close", () => sockets.delete(socket)))
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
      () =>
        Effect.promise(() => {
          for (const socket of sockets) socket.destroy()
          return new Promise((resolve) => server.close(resolve))
        })
    )
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  })
