/** A tenant that reads HTTP requests and answers with any bytes, even invalid HTTP. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import * as tls from "node:tls"

export interface Request {
  readonly path: string
  readonly authorization: string
}

/** Uses the connection once a request is complete. */
export type Answer = (socket: net.Socket, request: Request) => void

export interface RawTenant {
  readonly url: string
  readonly port: number
  readonly requests: ReadonlyArray<Request>
  /** The number of open connections, and of all connections so far. */
  readonly connections: () => { readonly open: number; readonly ever: number }
  /** Waits until the condition holds, which is checked when a connection or request arrives or ends. */
  readonly until: (wanted: () => boolean) => Effect.Effect<void>
}

export const isToken = ({ path }: Request): boolean => path === "/oauth/token"

/** The ID in the path of a status request, which is the number of a case. */
export const numberIn = ({ path }: Request): number => Number.parseInt(path.split("/").at(-3) ?? "", 16)

/** The source ID of a case. */
export const idOf = (n: number): string => n.toString(16).padStart(32, "0")

/** Runs until the scope closes, with TLS if there is a certificate. */
export const make = (
  answer: Answer,
  certificate?: tls.SecureContextOptions
): Effect.Effect<RawTenant, never, Scope.Scope> =>
  Effect.gen(function* () {
    const requests: Array<Request> = []
    const open = new Set<net.Socket>()
    let ever = 0
    let waiting: ReadonlyArray<{ readonly wanted: () => boolean; readonly done: Deferred.Deferred<void> }> =
      []
    const changed = () => {
      waiting = waiting.filter(({ done, wanted }) => !wanted() || !Deferred.doneUnsafe(done, Exit.void))
    }

    const serve = (socket: net.Socket) => {
      let received = ""
      socket.setEncoding("latin1").on("data", (data: string) => {
        received += data
        const [head = "", ...rest] = received.split("\r\n\r\n")
        const body = rest.join("\r\n\r\n")
        const header = (name: string) => new RegExp(`^${name}: (.*)$`, "imu").exec(head)?.[1]?.trim() ?? ""
        // Bytes that are not HTTP, for example a TLS handshake, have no recognizable end.
        const isHttp = /^[A-Z]/u.test(head)
        if (isHttp && (rest.length === 0 || body.length < Number(header("content-length")))) return
        received = ""
        const [, path = ""] = head.split(" ")
        const request = { path, authorization: header("authorization") }
        requests.push(request)
        answer(socket, request)
        changed()
      })
    }

    const server = certificate === undefined ? net.createServer(serve) : tls.createServer(certificate, serve)
    server.on("connection", (socket: net.Socket) => {
      open.add(socket)
      ever += 1
      socket.setNoDelay()
      // A client can reset a connection at any time.
      socket
        .on("error", () => undefined)
        .on("close", () => {
          open.delete(socket)
          changed()
        })
      changed()
    })
    server.on("tlsClientError", () => undefined)

    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      }),
      () =>
        Effect.callback<void>((resume) => {
          for (const socket of open) socket.destroy()
          server.close(() => resume(Effect.void))
        })
    )
    const { port } = server.address() as net.AddressInfo
    return {
      url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`,
      port,
      requests,
      connections: () => ({ open: open.size, ever }),
      until: (wanted) =>
        Effect.suspend(() => {
          if (wanted()) return Effect.void
          const done = Deferred.makeUnsafe<void>()
          waiting = [...waiting, { wanted, done }]
          return Deferred.await(done)
        })
    }
  })
