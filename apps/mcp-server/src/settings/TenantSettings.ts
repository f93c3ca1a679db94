/**
 * The settings, read from the environment before anything is served: complete, or all problems with them.
 */
import type * as ApiClient from "@sailpoint-bulk-upload/core/ApiClient"
import * as CoreSettings from "@sailpoint-bulk-upload/core/Settings"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { readFiles, SECRETS, type Secret } from "@sailpoint-bulk-upload/core/workspace"
import * as SecretFile from "./SecretFile.ts"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as RedisUrl from "./RedisUrl.ts"

export interface Settings extends CoreSettings.Settings {
  /** The Redis through which servers share the rate limit. If unset, sharing is disabled. */
  readonly redisUrl?: Secret
  readonly transformClient?: ApiClient.Options["transformClient"]
}

export type Problems = ReadonlyArray<CoreSettings.Problem>

export const read = (given: Record<string, string | undefined>): Result.Result<Settings, Problems> => {
  const names = [...SECRETS, RedisUrl.NAME]
  const { env, problems } = readFiles(given, names, SecretFile.read)
  /** Returns the secret, or an effect that reads its file. */
  const current = (name: string, secret: Secret): Secret => {
    const variable = `${name}_FILE`
    const path = given[variable]?.trim()
    return path === undefined || given[name] === env[name] || !Redacted.isRedacted(secret)
      ? secret
      : SecretFile.reading(variable, path, secret, (text) =>
          name === RedisUrl.NAME ? Result.isSuccess(RedisUrl.read(text)) : true
        )
  }
  const provider = ConfigProvider.fromEnv({ env })
  const tenant = CoreSettings.read().pipe(
    Effect.catchTag("ConfigError", Effect.die),
    Effect.provideService(ConfigProvider.ConfigProvider, provider),
    Effect.result,
    Effect.runSync
  )
  const redisUrl = RedisUrl.read(env[RedisUrl.NAME])
  if (Result.isSuccess(tenant) && Result.isSuccess(redisUrl) && problems.length === 0) {
    const { auth } = tenant.success
    return Result.succeed({
      ...tenant.success,
      auth:
        "accessToken" in auth
          ? { accessToken: current("SAIL_ACCESS_TOKEN", auth.accessToken) }
          : { ...auth, clientSecret: current("SAIL_CLIENT_SECRET", auth.clientSecret) },
      ...(redisUrl.success === undefined ? {} : { redisUrl: current(RedisUrl.NAME, redisUrl.success) })
    })
  }
  return Result.fail([
    ...problems,
    ...[
      ...(Result.isFailure(tenant) ? tenant.failure.problems : []),
      ...(Result.isFailure(redisUrl) ? [redisUrl.failure] : [])
    ].filter(({ variable }) => problems.every((problem) => problem.variable !== `${variable}_FILE`))
  ])
}
