/** Secrets in files, as orchestrators mount them. */
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Result from "effect/Result"
import type { Problem } from "../Settings.ts"
import { isPlaceholder } from "./placeholder.ts"

/** The variables of a client that contain a secret. */
export const SECRETS: ReadonlyArray<string> = ["SAIL_CLIENT_SECRET", "SAIL_ACCESS_TOKEN"]

/**
 * Returns the environment, in which each of `names` gets the content of the file that its variable `NAME_FILE` names.
 * Reports a file that cannot be read or is empty, and a name for which both variables are set.
 */
export const readFiles = (
  given: Readonly<Record<string, string | undefined>>,
  names: ReadonlyArray<string>,
  readFile: (path: string) => string
): { readonly env: Record<string, string>; readonly problems: ReadonlyArray<Problem> } => {
  const env = Record.filter(given, Predicate.isString)
  const problems = names.flatMap((name): ReadonlyArray<Problem> => {
    const variable = `${name}_FILE`
    const [value = "", path = ""] = [given[name]?.trim(), given[variable]?.trim()]
    if (path === "" || isPlaceholder(path)) return []
    if (value !== "" && !isPlaceholder(value)) {
      return [
        { variable, problem: `${name} and ${variable} are both set.`, fix: "Keep one and unset the other." }
      ]
    }
    const content = Result.try(() => readFile(path).trim())
    const fix =
      "Set it to the path of a file that this process may read, with the value and nothing else in it."
    if (Result.isFailure(content)) {
      return [{ variable, problem: `The file that ${variable} names cannot be read.`, fix }]
    }
    env[name] = content.success
    return content.success === ""
      ? [{ variable, problem: `The file that ${variable} names is empty.`, fix }]
      : []
  })
  return { env, problems }
}
