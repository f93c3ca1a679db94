/**
 * Redis over node-redis. It connects in the background for as long as necessary, and a command without a connection fails at
 * once instead of queueing. After a failover, it replaces the connection to a server that is no longer the primary.
 */
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { readSecret, type Secret } from "@sailpoint-bulk-upload/core/workspace"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Scope from "effect/Scope"

/** node-redis waits for answers when it closes; a Redis that hangs must not delay the end of the process. */
const CLOSED_WITHIN = "500 millis"

/**
 * The answers of a server that is no longer the primary, or not yet. It keeps its connections open and answers PING, although
 * the name of the primary now belongs to another server.
 */
const NOT_PRIMARY = /\b(?:READONLY|LOADING|MASTERDOWN|NOREPLICAS)\b/u

type Client = Redis.Redis["Service"]

const make = (given: Secret): Effect.Effect<Client, never, Scope.Scope> =>
  Effect.gen(function* () {
    const readUrl = Effect.map(readSecret(given), Redacted.value)
    const url = new URL(yield* readUrl)
    const runPromise = Effect.runPromiseWith(yield* Effect.context())
    const tried = Deferred.makeUnsafe<void>()
    let connected: { readonly redis: Client; readonly node: NodeRedis.NodeRedis["Service"] } | undefined
    let problem: unknown

    const client = NodeRedis.layer({
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
    }).pipe(
      // node-redis reports every attempt to connect; the shared limit warns once.
      Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
    )

    const scope = yield* Scope.make()
    yield* Effect.addFinalizer(() =>
      Effect.forkDetach(Scope.close(scope, Exit.void)).pipe(
        Effect.flatMap((closing) =>
          Effect.interruptible(Effect.timeoutOption(Fiber.await(closing), CLOSED_WITHIN))
        )
      )
    )
    yield* Layer.buildWithScope(client, scope).pipe(
      Effect.tap((context) =>
        Effect.suspend(() => {
          connected = {
            redis: Context.get(context, Redis.Redis),
            node: Context.get(context, NodeRedis.NodeRedis)
          }
          return Deferred.done(tried, Exit.void)
        })
      ),
      Effect.forkIn(scope)
    )

    /** Closes the connection and opens a new one, which resolves the name again. Tries until the layer closes. */
    const reconnect = ({ client, use }: NodeRedis.NodeRedis["Service"], cause: unknown) =>
      Effect.suspend(() => {
        problem = cause
        client.destroy()
        return Effect.forkIn(Effect.ignore(use((client) => client.connect())), scope)
      })

    /** Runs the command once the first attempt to connect has ended; without a connection, fails with the reason. */
    const withConnection = <A>(
      command: (redis: Client) => Effect.Effect<A, Redis.RedisError>
    ): Effect.Effect<A, Redis.RedisError> =>
      Effect.andThen(
        Deferred.await(tried),
        Effect.suspend(() => {
          if (connected === undefined) return Effect.fail(new Redis.RedisError({ cause: problem }))
          const { node, redis } = connected
          return command(redis).pipe(
            Effect.tapError(({ cause }) =>
              node.client.isReady && NOT_PRIMARY.test(String(cause)) ? reconnect(node, cause) : Effect.void
            ),
            Effect.mapError((error) =>
              node.client.isReady ? error : new Redis.RedisError({ cause: problem })
            )
          )
        })
      )

    return yield* Redis.make({
      send: (command, ...args) => withConnection((redis) => redis.send(command, ...args)),
      connect: Effect.fail(
        new Redis.RedisError({ cause: new Error("This client opens no other connections.") })
      ),
      subscribe: () =>
        Effect.fail(new Redis.RedisError({ cause: new Error("This client does not subscribe.") }))
    })
  })

/** Provides a connection that is maintained until the layer closes. */
export const layer = (url: Secret): Layer.Layer<Redis.Redis> => Layer.effect(Redis.Redis, make(url))
