/** A real Redis for one test, on a free port, without files. */
import { isSkipped, kill, launch } from "@sailpoint-bulk-upload/tooling/redisServer"
import * as Effect from "effect/Effect"
import type { ChildProcess } from "node:child_process"
import { readFileSync } from "node:fs"
import { createServer } from "node:net"
import { createClient } from "redis"
import type * as Certificates from "./Certificates.ts"
import { listen } from "./Loopback.ts"

export type RedisServer = Effect.Success<ReturnType<typeof make>>

/** Whether the tests that need a redis-server are skipped; in CI they fail instead. */
export const isMissing: boolean = isSkipped

const connect = async (url: string, tls: Certificates.Certificate | undefined) => {
  const client = createClient(
    tls === undefined
      ? { url }
      : {
          url,
          socket: { tls: true, ca: readFileSync(tls.certificate), checkServerIdentity: () => undefined }
        }
  )
  await client.connect()
  return client
}

type Client = Awaited<ReturnType<typeof connect>>

export interface Options {
  readonly password?: string
  /** Accepts only connections over TLS. */
  readonly tls?: Certificates.Certificate
}

/** Makes a Redis that does not run yet, and stops it when the scope closes. */
export const make = ({ password, tls }: Options = {}) =>
  Effect.gen(function* () {
    const address = yield* Effect.scoped(listen(createServer()))
    let child: ChildProcess | undefined
    const stop = Effect.promise(async () => child && kill(child))
    yield* Effect.addFinalizer(() => stop)
    const scheme = tls === undefined ? "redis" : "rediss"
    const url = `${scheme}://${password === undefined ? "" : `:${password}@`}${address}`
    const port = new URL(url).port
    const withClient = <A>(use: (client: Client) => Promise<A>) =>
      Effect.acquireUseRelease(
        Effect.promise(() => connect(url, tls)),
        (client) => Effect.promise(() => use(client)),
        (client) => Effect.sync(() => client.destroy())
      )
    return {
      url,
      start: Effect.promise(async () => {
        child = await launch({
          ...(tls === undefined ? { port } : overTls(port, tls)),
          ...(password === undefined ? {} : { requirepass: password })
        })
      }),
      /** Kills the process, as in a power failure. */
      stop,
      /** Keeps the connections open without answers. */
      hang: Effect.sync(() => void child?.kill("SIGSTOP")),
      command: (...args: ReadonlyArray<string>) =>
        withClient((client): Promise<unknown> => client.sendCommand([...args])),
      keys: (pattern: string) => withClient((client) => client.keys(pattern))
    }
  })

const overTls = (port: string, { certificate, key }: Certificates.Certificate) => ({
  port: "0",
  "tls-port": port,
  "tls-auth-clients": "no",
  "tls-cert-file": certificate,
  "tls-key-file": key,
  "tls-ca-cert-file": certificate
})

/** Makes and starts a Redis. */
export const started = (options: Options = {}) => Effect.tap(make(options), ({ start }) => start)
