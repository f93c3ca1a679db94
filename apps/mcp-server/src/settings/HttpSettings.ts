/**
 * The settings of serving over HTTP, read from the command line and the environment before anything is served:
 * complete, or all that is wrong with them. Beyond this machine nothing is served without authentication.
 */
import { isPlaceholder } from "@sailpoint-bulk-upload/core/workspace"
import * as AllowedNames from "./AllowedNames.ts"
import * as BearerTokens from "./BearerTokens.ts"
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import { isLoopback, isPrivateOnTheWay } from "./Loopback.ts"

/** Tokens that an authorization server issues for this server. */
export interface OAuth {
  readonly _tag: "OAuth"
  readonly issuer: string
  readonly audience: string
  readonly scopes: ReadonlyArray<string>
  /** The URL that clients request a token for, character by character as it was configured. */
  readonly resource: string
  /** Where clients reach the MCP endpoint. */
  readonly publicUrl: URL
}

export interface Limits {
  /** Concurrent requests to the MCP endpoint; a wait counts as one until it ends. */
  readonly running: number
  /** The same for each caller. */
  readonly runningPerCaller: number
  /** Requests of one caller in 10 seconds. */
  readonly perCaller: number
}

const DEFAULT_RUNNING = 128

/** So many callers at their limit use up all slots. */
const CALLERS = 4

/** An old assistant sends four requests for one answer; SailPoint accepts 100 requests in 10 seconds from all callers. */
const DEFAULT_PER_CALLER = 200

/** Proxies and Kubernetes go on sending requests for some seconds after SIGTERM. */
const DEFAULT_GRACE_SECONDS = 5

export interface HttpSettings {
  readonly host: string
  readonly port: number
  readonly allowedHosts: ReadonlyArray<string>
  readonly allowedOrigins: ReadonlyArray<string>
  readonly authentication: BearerTokens.BearerTokens | OAuth | undefined
  readonly limits: Limits
  /** How long requests are still served after SIGTERM. */
  readonly shutdownGrace: Duration.Duration
}

type Env = Readonly<Record<string, string | undefined>>
type Problems = ReadonlyArray<string>

export const read = (
  given: Omit<HttpSettings, "authentication" | "limits" | "shutdownGrace">,
  env: Env
): Result.Result<HttpSettings, Problems> => {
  const authentication = readAuthentication(env)
  const numbers = readNumbers(env)
  const allowedHosts = readNames("--allowed-host", given.allowedHosts, AllowedNames.host, "mcp.example.com")
  const allowedOrigins = readNames(
    "--allowed-origin",
    given.allowedOrigins,
    AllowedNames.origin,
    "app.example.com or https://app.example.com"
  )
  const problems = [authentication, numbers, allowedHosts, allowedOrigins].flatMap(failureOf)
  if (!isLoopback(given.host)) {
    const reachable = `--host ${given.host} can be reached from other machines`
    if (Result.isSuccess(authentication) && authentication.success === undefined) {
      problems.push(
        `MCP_BEARER_TOKEN is not set: ${reachable}, so callers have to prove themselves, with that token or with one of MCP_OAUTH_ISSUER's.`
      )
    }
    if (given.allowedHosts.length === 0) {
      problems.push(`--allowed-host is missing: ${reachable}; give the host names that clients use.`)
    }
  }
  return Result.isSuccess(authentication) &&
    Result.isSuccess(numbers) &&
    Result.isSuccess(allowedHosts) &&
    Result.isSuccess(allowedOrigins) &&
    problems.length === 0
    ? Result.succeed({
        ...given,
        authentication: authentication.success,
        ...numbers.success,
        allowedHosts: allowedHosts.success,
        allowedOrigins: allowedOrigins.success
      })
    : Result.fail(problems)
}

const readNames = (
  option: string,
  given: ReadonlyArray<string>,
  read: (name: string) => string | undefined,
  example: string
): Result.Result<ReadonlyArray<string>, Problems> => {
  const unusable = given.filter((name) => read(name) === undefined)
  return unusable.length === 0
    ? Result.succeed(given.flatMap((name) => read(name) ?? []))
    : Result.fail(unusable.map((name) => `${option} is "${name}", which matches nothing: give ${example}.`))
}

const failureOf = (result: Result.Result<unknown, Problems>): Problems =>
  Result.isFailure(result) ? result.failure : []

/** An empty variable, or a placeholder that was never filled in, counts as not set. */
const text = (env: Env, name: string): string | undefined => {
  const value = env[name]?.trim() ?? ""
  return value === "" || isPlaceholder(value) ? undefined : value
}

/** Each would let callers in who should have been refused, if it counted as not set. */
const AUTHENTICATION = [
  BearerTokens.NAME,
  BearerTokens.FILE,
  "MCP_OAUTH_ISSUER",
  "MCP_OAUTH_AUDIENCE",
  "MCP_OAUTH_SCOPES"
]

/** Reads how callers prove themselves; nothing if they need not. */
export const readAuthentication = (env: Env): Result.Result<HttpSettings["authentication"], Problems> => {
  const unfilled = AUTHENTICATION.filter((name) => isPlaceholder(env[name] ?? ""))
  if (unfilled.length > 0) {
    return Result.fail(unfilled.map((name) => `${name} was not filled in: its value is still a placeholder.`))
  }
  const tokens = BearerTokens.read(env)
  if (Result.isFailure(tokens)) return tokens
  const issuer = text(env, "MCP_OAUTH_ISSUER")
  if (issuer === undefined) {
    const alone = ["MCP_OAUTH_AUDIENCE", "MCP_OAUTH_SCOPES"].filter((name) => text(env, name) !== undefined)
    if (alone.length > 0) {
      return Result.fail([`MCP_OAUTH_ISSUER is not set, but ${alone.join(" and ")}: set it too.`])
    }
    return tokens
  }
  return tokens.success === undefined
    ? readOAuth(env, issuer)
    : Result.fail([
        "MCP_BEARER_TOKEN (or MCP_BEARER_TOKEN_FILE) is set together with MCP_OAUTH_ISSUER: keep one of the two ways and unset the other."
      ])
}

const readOAuth = (env: Env, issuer: string): Result.Result<OAuth, Problems> => {
  const audience = text(env, "MCP_OAUTH_AUDIENCE")
  const endpoint = text(env, "MCP_PUBLIC_URL") ?? audience
  const publicUrl = httpUrl(endpoint)
  const issuerUrl = URL.parse(issuer)
  const problems = [
    ...(issuerUrl !== null && isPrivateOnTheWay(issuerUrl) && issuerUrl.search + issuerUrl.hash === ""
      ? []
      : ["MCP_OAUTH_ISSUER cannot be used: give the https URL that the issuer's tokens name as iss."]),
    ...(audience === undefined
      ? ["MCP_OAUTH_AUDIENCE is not set: give what the issuer's tokens for this server name as aud."]
      : []),
    ...(audience !== undefined && publicUrl === undefined
      ? [
          "MCP_PUBLIC_URL has to be the URL at which clients reach /mcp, because MCP_OAUTH_AUDIENCE is not one."
        ]
      : [])
  ]
  return audience === undefined || endpoint === undefined || publicUrl === undefined || problems.length > 0
    ? Result.fail(problems)
    : Result.succeed({
        _tag: "OAuth",
        issuer,
        audience,
        scopes: text(env, "MCP_OAUTH_SCOPES")?.split(/[\s,]+/u) ?? [],
        resource: httpUrl(audience) === undefined ? endpoint : audience,
        publicUrl
      })
}

const httpUrl = (value = ""): URL | undefined => {
  const url = URL.parse(value)
  return url !== null && /^https?:$/u.test(url.protocol) ? url : undefined
}

const readNumbers = (env: Env): Result.Result<Pick<HttpSettings, "limits" | "shutdownGrace">, Problems> => {
  const problems: Array<string> = []
  const count = (name: string, least: number, orElse: number): number => {
    const given = text(env, name)
    if (given === undefined) return orElse
    if (/^(?:0|[1-9]\d{0,5})$/u.test(given) && Number(given) >= least) return Number(given)
    problems.push(`${name} is "${given}": expected a whole number from ${least} to 999999.`)
    return orElse
  }
  const running = count("MCP_MAX_RUNNING", 1, DEFAULT_RUNNING)
  const limits = {
    running,
    runningPerCaller: count("MCP_MAX_RUNNING_PER_CALLER", 1, Math.ceil(running / CALLERS)),
    perCaller: count("MCP_MAX_PER_CALLER", 1, DEFAULT_PER_CALLER)
  }
  const shutdownGrace = Duration.seconds(count("MCP_SHUTDOWN_GRACE", 0, DEFAULT_GRACE_SECONDS))
  return problems.length === 0 ? Result.succeed({ limits, shutdownGrace }) : Result.fail(problems)
}
