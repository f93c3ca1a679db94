/**
 * The settings, read from the environment before anything is served: complete, or all that is wrong with them.
 */
import * as CoreSettings from "@sailpoint-bulk-upload/core/Settings"
import type { Options } from "@sailpoint-bulk-upload/core/ApiClient"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

export const read = (
  env: Record<string, string | undefined>
): Result.Result<Options, ReadonlyArray<string>> => {
  const provider = ConfigProvider.fromEnv({ env: definedOnly(env) })
  const readOne = <A, E extends { readonly message: string }>(config: Effect.Effect<A, E>) =>
    Effect.runSync(
      Effect.result(Effect.provideService(config, ConfigProvider.ConfigProvider, provider))
    ).pipe(Result.mapError(({ message }) => message.replace(/^SourceError: /u, "")))
  const tenant = readOne(CoreSettings.tenant)
  const auth = readOne(CoreSettings.auth)
  if (Result.isSuccess(tenant) && Result.isSuccess(auth)) {
    return Result.succeed({ ...tenant.success, auth: auth.success })
  }
  return Result.fail([Result.getFailure(tenant), Result.getFailure(auth)].flatMap(Option.toArray))
}

const definedOnly = (env: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
