/**
 * The settings, read from the environment before anything is served: complete, or all that is wrong with them.
 */
import * as CoreSettings from "@sailpoint-bulk-upload/core/Settings"
import type { Options } from "@sailpoint-bulk-upload/core/ApiClient"
import type * as RequestBudget from "@sailpoint-bulk-upload/core/RequestBudget"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as BudgetSetting from "./RequestBudgetSetting.ts"
import * as RedisUrl from "./RedisUrl.ts"

export interface Settings extends Options {
  /** The part of SailPoint's limit that is this server's; all of it unless set. */
  readonly requestBudget?: Pick<RequestBudget.Options, "requests" | "per">
  /** Where the request budget is shared with other servers. If unset, sharing is disabled. */
  readonly redisUrl?: Redacted.Redacted<string>
}

export const read = (
  env: Record<string, string | undefined>
): Result.Result<Settings, ReadonlyArray<string>> => {
  const provider = ConfigProvider.fromEnv({ env: definedOnly(env) })
  const readOne = <A, E extends { readonly message: string }>(config: Effect.Effect<A, E>) =>
    Effect.runSync(
      Effect.result(Effect.provideService(config, ConfigProvider.ConfigProvider, provider))
    ).pipe(Result.mapError(({ message }) => message.replace(/^SourceError: /u, "")))
  const tenant = readOne(CoreSettings.tenant)
  const auth = readOne(CoreSettings.auth)
  const requestBudget = BudgetSetting.read(env[BudgetSetting.NAME])
  const redisUrl = RedisUrl.read(env[RedisUrl.NAME])
  if (
    Result.isSuccess(tenant) &&
    Result.isSuccess(auth) &&
    Result.isSuccess(requestBudget) &&
    Result.isSuccess(redisUrl)
  ) {
    return Result.succeed({
      ...tenant.success,
      auth: auth.success,
      ...(requestBudget.success === undefined ? {} : { requestBudget: requestBudget.success }),
      ...(redisUrl.success === undefined ? {} : { redisUrl: redisUrl.success })
    })
  }
  const all: ReadonlyArray<Result.Result<unknown, string>> = [tenant, auth, requestBudget, redisUrl]
  return Result.fail(all.map(Result.getFailure).flatMap(Option.toArray))
}

const definedOnly = (env: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
