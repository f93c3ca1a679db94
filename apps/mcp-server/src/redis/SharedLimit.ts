/**
 * The request budget, shared with the other servers on the same Redis. Loaded only with `SAIL_REDIS_URL`.
 */
import * as ApiClient from "@sailpoint-bulk-upload/core/ApiClient"
import type * as RequestBudget from "@sailpoint-bulk-upload/core/RequestBudget"
import * as SharedBudget from "@sailpoint-bulk-upload/core/SharedBudget"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Secret } from "@sailpoint-bulk-upload/core/workspace"
import * as RedisClient from "./RedisClient.ts"

/** The API client under the shared limit. */
export const layer = (redisUrl: Secret, numbers: RequestBudget.Options, options: ApiClient.Options) =>
  Layer.unwrap(
    Effect.map(SharedBudget.make(numbers), (requestBudget) => ApiClient.layer({ ...options, requestBudget }))
  ).pipe(Layer.provide(RedisClient.layer(redisUrl)))
