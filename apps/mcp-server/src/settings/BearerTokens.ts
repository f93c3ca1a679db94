/**
 * The tokens that callers send: one in `MCP_BEARER_TOKEN`, or one or several in a file, each with the caller's name.
 */
import { readFiles } from "@sailpoint-bulk-upload/core/workspace"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as SecretFile from "./SecretFile.ts"

export interface BearerToken {
  /** The caller's name; a single token can be without one. */
  readonly name: string | undefined
  readonly token: Redacted.Redacted<string>
}

export interface BearerTokens {
  readonly _tag: "BearerTokens"
  readonly tokens: ReadonlyArray<BearerToken>
  /** Reads the file again, if there is one. */
  readonly reread?: () => Result.Result<ReadonlyArray<BearerToken>, Problems>
}

type Env = Readonly<Record<string, string | undefined>>
type Problems = ReadonlyArray<string>

export const NAME = "MCP_BEARER_TOKEN"
export const FILE = `${NAME}_FILE`

/** As long as 128 random bits in hexadecimal digits. */
const MIN_LENGTH = 32
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/u
const NAMED = /^([\w.@-]{1,64}):(.*)$/u

/** Returns the tokens, or nothing if neither variable is set. */
export const read = (given: Env): Result.Result<BearerTokens | undefined, Problems> => {
  const { env, problems } = readFiles(given, [NAME], SecretFile.read)
  if (problems.length > 0) return Result.fail(problems.map(({ fix, problem }) => `${problem} ${fix}`))
  const text = env[NAME]?.trim() ?? ""
  if (text === "") return Result.succeed(undefined)
  if (text === given[NAME]?.trim()) {
    const problem = problemOf(text, NAME)
    return problem === undefined ? Result.succeed(bearerTokens([bearer(text)])) : Result.fail([problem])
  }
  const reread = () => Result.flatMap(read(given), (tokens) => Result.succeed(tokens?.tokens ?? []))
  return Result.map(readLines(text), (tokens) => ({ ...bearerTokens(tokens), reread }))
}

const bearerTokens = (tokens: ReadonlyArray<BearerToken>): BearerTokens => ({ _tag: "BearerTokens", tokens })

const bearer = (token: string, name?: string): BearerToken => ({
  name,
  token: Redacted.make(token, { label: NAME })
})

const readLines = (text: string): Result.Result<ReadonlyArray<BearerToken>, Problems> => {
  const lines = text.split("\n").map((line) => line.trim())
  const filled = lines.filter((line) => line !== "")
  const names = new Set<string>()
  const values = new Set<string>()
  const problems: Array<string> = []
  const tokens = lines.flatMap((line, index) => {
    if (line === "") return []
    const where = `Line ${index + 1} of ${FILE}`
    const [, name, token = line] = NAMED.exec(line) ?? []
    if (name === undefined && filled.length > 1) {
      problems.push(
        `${where} has no name: each line of several has to be name:token, where a name has letters, digits, ".", "@", "_" and "-".`
      )
      return []
    }
    const problem = problemOf(token, where)
    if (problem !== undefined) problems.push(problem)
    if (name !== undefined && names.has(name)) problems.push(`${where} has the name of another line.`)
    if (values.has(token)) problems.push(`${where} has the token of another line.`)
    names.add(name ?? "")
    values.add(token)
    return [bearer(token, name)]
  })
  return problems.length === 0 ? Result.succeed(tokens) : Result.fail(problems)
}

const problemOf = (token: string, where: string): string | undefined => {
  if (token.length < MIN_LENGTH) {
    return `${where} is too short: it has to have ${MIN_LENGTH} characters or more, made by a random generator.`
  }
  return TOKEN.test(token)
    ? undefined
    : `${where} has characters that a bearer token cannot have (RFC 6750, section 2.1).`
}
