/**
 * The setting `SAIL_REDIS_URL`. It can hold a password, so no text about it shows any of it.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

export const NAME = "SAIL_REDIS_URL"

/** The URL, or what is wrong with it; nothing where it is not set. */
export const read = (
  value: string | undefined
): Result.Result<Redacted.Redacted<string> | undefined, string> => {
  const text = value?.trim() ?? ""
  if (text === "") return Result.succeed(undefined)
  const problem = URL.canParse(text) ? problemOf(new URL(text)) : "it is no URL"
  return problem === undefined
    ? Result.succeed(Redacted.make(text, { label: NAME }))
    : Result.fail(
        `${NAME} cannot be used: ${problem}. Expected redis://user:password@host:port/database, or rediss:// for TLS; only the host is needed, and what is special in a user or password is percent-encoded.`
      )
}

const problemOf = ({ hash, hostname, password, pathname, protocol, search, username }: URL) => {
  if (protocol !== "redis:" && protocol !== "rediss:") return "its scheme is neither redis: nor rediss:"
  if (hostname === "") return "it has no host"
  if (!/^\/?\d*$/u.test(pathname)) return "its path is no database number"
  if (search !== "" || hash !== "") return "it has something after the path"
  if (!isEncoded(username) || !isEncoded(password)) return "its user or password is not percent-encoded"
  return undefined
}

const isEncoded = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
