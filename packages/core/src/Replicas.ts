/**
 * What the processes that use one client id share, through Redis, for as long as Redis answers.
 *
 * `SharedBudget` is built on it. Sharing is a courtesy among replicas, never a condition:
 * a command that fails, or is not answered within a second, makes this process go by what it knows itself. (A time
 * in which the process itself was held up does not count.) One warning says so, Redis is left alone but for a look
 * now and then, and once it answers again, one line says that too and sharing goes on.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { plainText } from "./PlainText.ts"

/**
 * The operations on what is shared.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /** Runs a script in Redis; `None` while Redis does not answer. */
  readonly run: <Params extends Array<unknown>, Result>(
    script: Redis.Script<{ params: Params; result: Result }>
  ) => (...params: Params) => Effect.Effect<Option.Option<Result>>
  /** Does something that nobody has to wait for, while the layer lives. */
  readonly inBackground: (effect: Effect.Effect<unknown>) => Effect.Effect<void>
}

/**
 * The tag of what is shared.
 *
 * @category services
 * @since 0.1.0
 */
export class Replicas extends Context.Service<Replicas, Service>()("@sailpoint-bulk-upload/core/Replicas") {}

/**
 * What every key in Redis begins with.
 *
 * @category constants
 * @since 0.1.0
 */
export const keyPrefix = "sailpoint-bulk-upload:"

/** On a network worth sharing on, Redis takes a millisecond. */
const ANSWERS_WITHIN = "1 second"

/**
 * That second, as this process lives it: in ten parts. After each it takes in what has arrived, so a time in which it
 * was held up itself counts as one part, however long, and never as a silence of Redis.
 */
const silence = Effect.repeat(Effect.sleep("100 millis"), { times: 9 })

/** How often Redis is looked at while it does not answer. */
const look = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(
  Schedule.jittered
)

/** What sharing needs: scripts, and writing. A Redis that only takes pings has not come back. */
const tryOut = Redis.script(() => [`${keyPrefix}probe`], {
  numberOfKeys: 1,
  lua: `return redis.call("SET", KEYS[1], "1", "PX", 1000)`
})

/**
 * Shares for as long as the scope lives.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Replicas } from "@sailpoint-bulk-upload/core"
 *
 * const shared = Effect.map(Replicas.make, Replicas.Replicas.of)
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Service, never, Redis.Redis | Scope.Scope> = Effect.gen(function* () {
  const redis = yield* Redis.Redis
  const scope = yield* Effect.scope
  let away = false

  const inBackground: Service["inBackground"] = (effect) =>
    Effect.asVoid(Effect.forkIn(effect, scope, { startImmediately: true }))

  const comeBack = answered(redis.eval(tryOut)()).pipe(
    Effect.retry(look),
    Effect.andThen(
      Effect.suspend(() => {
        away = false
        return Effect.logInfo("Redis answers again: the rate limit is shared again.")
      })
    ),
    Effect.ignore
  )

  const goAway = (error: Redis.RedisError): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (away) return Effect.void
      away = true
      // A cluster may serve the probe and move the next key again, and its other nodes are never asked.
      return isCluster(error)
        ? Effect.logWarning(
            "Redis cannot be used: it is part of a cluster, which is not supported. Use a single Redis, with replicas if it has to survive failures. Until a restart, this process keeps to its own rate limit."
          )
        : Effect.logWarning(
            `Redis cannot be used (${reasonOf(error)}): until it can, this process keeps to its own rate limit.`
          ).pipe(Effect.andThen(inBackground(comeBack)))
    })

  const run = <Params extends Array<unknown>, Result>(
    script: Redis.Script<{ params: Params; result: Result }>
  ) => {
    const evaluate = redis.eval<{ params: Params; result: Result }>(script)
    return (...params: Params): Effect.Effect<Option.Option<Result>> =>
      Effect.suspend(() => (away ? Effect.succeedNone : Effect.asSome(answered(evaluate(...params))))).pipe(
        Effect.catch((error) => Effect.as(goAway(error), Option.none()))
      )
  }

  return { inBackground, run }
})

const answered = <A>(command: Effect.Effect<A, Redis.RedisError>): Effect.Effect<A, Redis.RedisError> =>
  Effect.raceFirst(
    command,
    Effect.andThen(
      silence,
      Effect.fail(new Redis.RedisError({ cause: new Error(`no answer within ${ANSWERS_WITHIN}`) }))
    )
  )

const isCluster = ({ cause }: Redis.RedisError): boolean => /\bMOVED \d/u.test(String(cause))

/**
 * What went wrong, for a log line. Redis repeats the arguments of a command that it does not know, and a
 * password can be among them; Node names a failure to connect to several addresses by its code alone.
 */
const reasonOf = ({ cause }: Redis.RedisError): string => {
  if (!(cause instanceof Error)) return "unknown cause"
  const [reason = ""] = cause.message.split(", with args", 1)
  const code = "code" in cause ? String(cause.code) : cause.name
  return plainText(reason === "" ? code : reason, 120)
}

/**
 * Sharing as a layer.
 *
 * @example
 * ```ts
 * import * as NodeRedis from "@effect/platform-node/NodeRedis"
 * import * as Layer from "effect/Layer"
 * import { Replicas } from "@sailpoint-bulk-upload/core"
 *
 * const Shared = Replicas.layer.pipe(
 *   Layer.provide(NodeRedis.layer({ url: "redis://localhost", disableOfflineQueue: true }))
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Replicas, never, Redis.Redis> = Layer.effect(Replicas, make)
