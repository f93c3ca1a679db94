/**
 * The rate limit that servers share through Redis. Loaded only with `SAIL_REDIS_URL`.
 */
import { ApiClient, type RequestBudget, SharedBudget } from "@sailpoint-bulk-upload/core"
import * as Effect from "effect/Effect"
import * as Redis from "effect/persistence/Redis"
import * as Layer from "effect/Layer"
import { probeSharedBudget, redisReason, type Secret } from "@sailpoint-bulk-upload/core/workspace"
import * as RedisClient from "./RedisClient.ts"

const ANSWERS_WITHIN = "5 seconds"

/** Runs the scripts of the shared limit once. Fails with the reason if Redis does not run them. */
export const probe = (redisUrl: Secret): Effect.Effect<void, string> =>
  Effect.flatMap(Redis.Redis, probeSharedBudget).pipe(
    Effect.mapError(redisReason),
    Effect.timeoutOrElse({
      duration: ANSWERS_WITHIN,
      orElse: () => Effect.fail(`no answer within ${ANSWERS_WITHIN}`)
    }),
    Effect.provide(RedisClient.layer(redisUrl))
  )

/** Provides the API client with the shared limit. */
export const layer = (redisUrl: Secret, numbers: RequestBudget.Options, options: ApiClient.Options) =>
  Layer.unwrap(
    Effect.map(SharedBudget.make(numbers), (requestBudget) => ApiClient.layer({ ...options, requestBudget }))
  ).pipe(Layer.provide(RedisClient.layer(redisUrl)))
