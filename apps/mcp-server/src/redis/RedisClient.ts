/**
 * Redis over node-redis. It connects in the background for as long as necessary, and a command without a connection fails at
 * once instead of queueing. After a failover, it replaces the connection to a server that is no longer the primary.
 */
import { readSecret, type Secret } from "@sailpoint-bulk-upload/core/workspace"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { createClient } from "redis"

/** node-redis waits for answers when it closes; a Redis that hangs must not delay the end of the process. */
const CLOSED_WITHIN = "500 millis"

/**
 * The answers of a server that is no longer the primary, or not yet. It keeps its connections open and answers PING, although
 * the name of the primary now belongs to another server.
 */
const NOT_PRIMARY = /\b(?:READONLY|LOADING|MASTERDOWN|NOREPLICAS)\b/u

const make = (given: Secret): Effect.Effect<Redis.Redis["Service"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const readUrl = Effect.map(readSecret(given), Redacted.value)
    const url = new URL(yield* readUrl)
    const runPromise = Effect.runPromiseWith(yield* Effect.context())
    const tried = Deferred.makeUnsafe<void>()
    let problem: unknown

    const client = createClient({
      url: Object.assign(new URL(url), { username: "", password: "" }).href,
      // Credentials are read for every connection, because their file can be replaced.
      credentialsProvider: {
        type: "async-credentials-provider",
        credentials: async () => {
          const { password, username } = new URL(await runPromise(readUrl))
          return {
            ...(username === "" ? {} : { username: decodeURIComponent(username) }),
            password: decodeURIComponent(password)
          }
        }
      },
      disableOfflineQueue: true,
      // A missing answer to PING reveals a dead idle connection.
      pingInterval: 2000,
      socket: {
        connectTimeout: 2000,
        socketTimeout: 5000,
        reconnectStrategy: (retries, cause) => {
          problem = cause
          Deferred.doneUnsafe(tried, Exit.void)
          return Math.min(50 * 2 ** retries, 2000)
        }
      }
    })
    // node-redis emits an error for every failed attempt to connect; the shared limit warns once instead.
    client.on("error", () => undefined)
    client.once("ready", () => Deferred.doneUnsafe(tried, Exit.void))

    /** Connects in the background, and retries until the layer closes. */
    const connect = (): void => void client.connect().catch(() => undefined)

    /** Closes the connection and opens a new one, which resolves the name again. */
    const reconnect = (cause: unknown): void => {
      problem = cause
      client.destroy()
      connect()
    }

    connect()
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        // The close starts outside the interruptible wait, because an interrupted fiber skips that wait.
        const closed = client.close().catch(() => undefined)
        return Effect.interruptible(
          Effect.timeoutOption(
            Effect.promise(() => closed),
            CLOSED_WITHIN
          )
        )
      })
    )

    return yield* Redis.make({
      /** Sends the command after the first attempt to connect has ended. Without a connection, fails with the reason. */
      send: <A>(...command: ReadonlyArray<string>) =>
        Effect.andThen(
          Deferred.await(tried),
          Effect.tryPromise({
            try: () => client.sendCommand<A>(command),
            catch: (cause) => {
              if (!client.isReady) return new Redis.RedisError({ cause: problem })
              // A client that closes must not connect again.
              if (client.isOpen && NOT_PRIMARY.test(String(cause))) reconnect(cause)
              return new Redis.RedisError({ cause })
            }
          })
        ),
      connect: Effect.fail(
        new Redis.RedisError({ cause: new Error("This client opens no other connections.") })
      ),
      subscribe: () =>
        Effect.fail(new Redis.RedisError({ cause: new Error("This client does not subscribe.") }))
    })
  })

/** Provides a connection that is maintained until the layer closes. */
export const layer = (url: Secret): Layer.Layer<Redis.Redis> => Layer.effect(Redis.Redis, make(url))
