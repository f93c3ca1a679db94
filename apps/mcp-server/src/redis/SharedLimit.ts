/**
 * The request budget, shared with the other servers on the same Redis. Loaded only with `SAIL_REDIS_URL`.
 */
import * as Replicas from "@sailpoint-bulk-upload/core/Replicas"
import type * as RequestBudget from "@sailpoint-bulk-upload/core/RequestBudget"
import * as SharedBudget from "@sailpoint-bulk-upload/core/SharedBudget"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as RedisClient from "./RedisClient.ts"

export const layer = (
  redisUrl: Redacted.Redacted<string>,
  budget: RequestBudget.Options
): Layer.Layer<never> =>
  SharedBudget.layer(budget).pipe(Layer.provide(Replicas.layer), Layer.provide(RedisClient.layer(redisUrl)))
