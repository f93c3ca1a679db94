/**
 * The tokens that callers send: one in `MCP_BEARER_TOKEN`, or one or several in a file, each with the caller's name.
 */
import { readFiles } from "@sailpoint-bulk-upload/core/workspace"
import * as Redacted from "effect/Redacted"
import type { Env } from "./Environment.ts"
import * as SecretFile from "./SecretFile.ts"

export interface BearerToken {
  /** The caller's name; a single token can be without one. */
  readonly name: string | undefined
  readonly token: Redacted.Redacted<string>
}

export interface BearerTokens {
  readonly _tag: "BearerTokens"
  readonly tokens: ReadonlyArray<BearerToken>
  /** Reads the tokens and their problems again. */
  readonly reread: () => { readonly tokens: ReadonlyArray<BearerToken>; readonly problems: Array<string> }
}

export const NAME = "MCP_BEARER_TOKEN"
export const FILE = `${NAME}_FILE`

/** As long as 128 random bits in hexadecimal digits. */
const MIN_LENGTH = 32
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/u
const NAMED = /^([\w.@-]{1,64}):(.*)$/u

/** Returns the tokens, or nothing if neither variable is set or the file cannot be read. Adds to the problems. */
export const read = (given: Env, problems: Array<string>): BearerTokens | undefined => {
  const { env, problems: ofFile } = readFiles(given, [NAME], SecretFile.read)
  problems.push(...ofFile.map(({ fix, problem }) => `${problem} ${fix}`))
  const text = env[NAME]?.trim() ?? ""
  if (text === "" || ofFile.length > 0) return undefined
  const isFile = text !== given[NAME]?.trim()
  const tokens = isFile ? readLines(text, problems) : [bearer(text, NAME, problems)]
  const reread = () => {
    const problems: Array<string> = []
    return { tokens: read(given, problems)?.tokens ?? [], problems }
  }
  return { _tag: "BearerTokens", tokens, reread }
}

const readLines = (text: string, problems: Array<string>): ReadonlyArray<BearerToken> => {
  const lines = text.split("\n").map((line) => line.trim())
  const isAlone = lines.filter((line) => line !== "").length === 1
  const known = new Set<string>()
  const isNew = (text: string): boolean => known.size < known.add(text).size
  return lines.flatMap((line, index) => {
    if (line === "") return []
    const where = `Line ${index + 1} of ${FILE}`
    const [, name, token = line] = NAMED.exec(line) ?? []
    if (name === undefined && !isAlone) {
      problems.push(
        `${where} has no name: write each of several lines as name:token, with letters, digits, ".", "@", "_" and "-" in the name.`
      )
      return []
    }
    if (name !== undefined && !isNew(`name ${name}`)) problems.push(`${where} has the name of another line.`)
    if (!isNew(`token ${token}`)) problems.push(`${where} has the token of another line.`)
    return [bearer(token, where, problems, name)]
  })
}

const bearer = (token: string, where: string, problems: Array<string>, name?: string): BearerToken => {
  if (token.length < MIN_LENGTH) {
    problems.push(`${where} is too short: use ${MIN_LENGTH} characters or more from a random generator.`)
  } else if (!TOKEN.test(token)) {
    problems.push(
      `${where} has characters that a bearer token cannot have: use letters, digits and -._~+/ only.`
    )
  }
  return { name, token: Redacted.make(token, { label: NAME }) }
}
