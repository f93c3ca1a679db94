/**
 * The setting `SAIL_REDIS_URL`. It can contain a password, so no message shows any part of it.
 */
import type { Problem } from "@sailpoint-bulk-upload/core/Settings"
import { isPlaceholder } from "@sailpoint-bulk-upload/core/workspace"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

export const NAME = "SAIL_REDIS_URL"

/** Returns the URL or its problem; undefined if it is unset or a placeholder. */
export const read = (
  value: string | undefined
): Result.Result<Redacted.Redacted<string> | undefined, Problem> => {
  const text = value?.trim() ?? ""
  if (text === "" || isPlaceholder(text)) return Result.succeed(undefined)
  const problem = URL.canParse(text) ? problemOf(new URL(text)) : "it is not a URL"
  return problem === undefined
    ? Result.succeed(Redacted.make(text, { label: NAME }))
    : Result.fail({
        variable: NAME,
        problem: `${NAME} cannot be used: ${problem}.`,
        fix: "Set it to redis://user:password@host:port/database, or rediss:// for TLS. Only the host is required; percent-encode special characters in the user and the password."
      })
}

const problemOf = ({ hash, hostname, password, pathname, protocol, search, username }: URL) => {
  if (protocol !== "redis:" && protocol !== "rediss:") return "its scheme is neither redis: nor rediss:"
  if (hostname === "") return "it has no host"
  if (!/^\/?\d*$/u.test(pathname)) return "its path is not a database number"
  if (search !== "" || hash !== "") return "it has something after the path"
  if (!isEncoded(username) || !isEncoded(password)) return "its user or password is not percent-encoded"
  return undefined
}

const isEncoded = (text: string): boolean => Result.isSuccess(Result.try(() => decodeURIComponent(text)))
