/**
 * Runs scripts in a shared Redis while Redis answers. If a command fails or takes longer than a second, one warning is
 * logged, and only probes are sent until one succeeds, which is logged, too.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as Schedule from "effect/Schedule"
import { plainText } from "./plainText.ts"

export type SharedRedis = Effect.Success<ReturnType<typeof makeSharedRedis>>

const ANSWERS_WITHIN = "1 second"

/**
 * A second in ten parts. Answers are read after each, so a stall of this process counts as one part, however long, and
 * never as a silence of Redis.
 */
const silence = Effect.repeat(Effect.sleep("100 millis"), { times: 9 })

const probing = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(
  Schedule.jittered
)

/** The probe has to run the scripts, because a Redis that answers only PING is still unusable. */
export const makeSharedRedis = Effect.fnUntraced(function* (
  probe: (redis: Redis.Redis["Service"]) => Effect.Effect<unknown, Redis.RedisError>
) {
  const redis = yield* Redis.Redis
  const scope = yield* Effect.scope
  let isDown = false

  /** Runs an effect that no caller waits for, until the scope closes. */
  const inBackground = (effect: Effect.Effect<unknown>): Effect.Effect<void> =>
    Effect.asVoid(Effect.forkIn(effect, scope, { startImmediately: true }))

  const recover = answered(probe(redis)).pipe(
    Effect.retry(probing),
    Effect.andThen(
      Effect.suspend(() => {
        isDown = false
        return Effect.logInfo("Redis answers again: the rate limit is shared again.")
      })
    ),
    Effect.ignore
  )

  const goDown = (error: Redis.RedisError): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (isDown) return Effect.void
      isDown = true
      // A cluster may serve the probe and move the next key.
      return isCluster(error)
        ? Effect.logWarning(
            "Redis cannot be used: it is part of a cluster, which is not supported. Use a single Redis, with replicas if it has to survive failures. Until a restart, this process applies the rate limit to itself."
          )
        : Effect.logWarning(
            `Redis cannot be used (${reasonOf(error)}): until it can, this process applies the rate limit to itself.`
          ).pipe(Effect.andThen(inBackground(recover)))
    })

  /** Runs a script. Returns none while Redis does not answer. */
  const run = <Params extends Array<unknown>, Result>(
    script: Redis.Script<{ params: Params; result: Result }>
  ) => {
    const evaluate = redis.eval<{ params: Params; result: Result }>(script)
    return (...params: Params): Effect.Effect<Option.Option<Result>> =>
      Effect.suspend(() => (isDown ? Effect.succeedNone : Effect.asSome(answered(evaluate(...params))))).pipe(
        Effect.catch((error) => Effect.as(goDown(error), Option.none()))
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
 * Returns a reason for a log line. Redis repeats the arguments of an unknown command, which can include a password; Node
 * names a failure to connect to several addresses by its code alone.
 */
export const reasonOf = ({ cause }: Redis.RedisError): string => {
  if (!(cause instanceof Error)) return "unknown cause"
  const [reason = ""] = cause.message.split(", with args", 1)
  const code = "code" in cause ? String(cause.code) : cause.name
  return plainText(reason === "" ? code : reason, 120)
}
