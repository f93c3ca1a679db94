/**
 * Scripts in a Redis that processes share, for as long as it answers. Sharing is never a condition: if a command fails, or
 * is not answered within a second, one warning says so, and Redis is left alone except for a probe now and then. When it
 * answers again, one line says that too.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { plainText } from "./plainText.ts"

export interface SharedRedis {
  /** Runs a script. Returns nothing while Redis does not answer. */
  readonly run: <Params extends Array<unknown>, Result>(
    script: Redis.Script<{ params: Params; result: Result }>
  ) => (...params: Params) => Effect.Effect<Option.Option<Result>>
  /** Runs an effect that no caller waits for, until the scope closes. */
  readonly inBackground: (effect: Effect.Effect<unknown>) => Effect.Effect<void>
}

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

/** The probe does what the scripts do: a Redis that only answers PING has not come back. */
export const makeSharedRedis = Effect.fnUntraced(function* (
  probe: (redis: Redis.Redis["Service"]) => Effect.Effect<unknown, Redis.RedisError>
): Effect.fn.Return<SharedRedis, never, Redis.Redis | Scope.Scope> {
  const redis = yield* Redis.Redis
  const scope = yield* Effect.scope
  let away = false

  const inBackground: SharedRedis["inBackground"] = (effect) =>
    Effect.asVoid(Effect.forkIn(effect, scope, { startImmediately: true }))

  const comeBack = answered(probe(redis)).pipe(
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
