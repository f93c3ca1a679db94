/**
 * The settings, read from the environment before anything is served: complete, or all that is wrong with them.
 */
import * as CoreSettings from "@sailpoint-bulk-upload/core/Settings"
import { isPlaceholder } from "@sailpoint-bulk-upload/core/workspace"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as RedisUrl from "./RedisUrl.ts"

export interface Settings extends CoreSettings.Settings {
  /** Where the request budget is shared with other servers. If unset, sharing is disabled. */
  readonly redisUrl?: Redacted.Redacted<string>
}

export type Problems = ReadonlyArray<CoreSettings.Problem>

export const read = (env: Record<string, string | undefined>): Result.Result<Settings, Problems> => {
  const provider = ConfigProvider.fromEnv({ env: definedOnly(env) })
  const tenant = CoreSettings.read().pipe(
    Effect.catchTag("ConfigError", Effect.die),
    Effect.provideService(ConfigProvider.ConfigProvider, provider),
    Effect.result,
    Effect.runSync
  )
  const redisUrl = RedisUrl.read(env[RedisUrl.NAME])
  if (Result.isSuccess(tenant) && Result.isSuccess(redisUrl)) {
    return Result.succeed({
      ...tenant.success,
      ...(redisUrl.success === undefined ? {} : { redisUrl: redisUrl.success })
    })
  }
  return Result.fail([
    ...(Result.isFailure(tenant) ? tenant.failure.problems.map(filledIn(env)) : []),
    ...(Result.isFailure(redisUrl) ? [redisUrl.failure] : [])
  ])
}

/** This server's variables come from an assistant's configuration, which is where a placeholder was left. */
const filledIn =
  (env: Record<string, string | undefined>) =>
  (problem: CoreSettings.Problem): CoreSettings.Problem =>
    isPlaceholder(env[problem.variable] ?? "")
      ? {
          ...problem,
          problem: `${problem.variable} was not filled in by the assistant, or by what else starts this server: its value is still a placeholder.`
        }
      : problem

const definedOnly = (env: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
