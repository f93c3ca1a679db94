/**
 * The settings of `http`, read from the command line and the environment: all of them, or all problems with them. Beyond this
 * machine, the server requires authentication.
 */
import { isPlaceholder } from "@sailpoint-bulk-upload/core/workspace"
import * as AllowedNames from "./AllowedNames.ts"
import * as BearerTokens from "./BearerTokens.ts"
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import type { Env } from "./Environment.ts"
import { isEncryptedOrLocal, isLoopback } from "./Loopback.ts"

/** Tokens that an authorization server issues for this server. */
export interface OAuth {
  readonly _tag: "OAuth"
  readonly issuer: string
  readonly audience: string
  readonly scopes: ReadonlyArray<string>
  /** The URL for which clients request a token, exactly as configured. */
  readonly resource: string
  /** The URL of the MCP endpoint for clients. */
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

/** This many callers at their limit use up all slots. */
const CALLERS = 4

/** With an older protocol, one call takes four requests; SailPoint accepts 100 requests in 10 seconds from all callers. */
const DEFAULT_PER_CALLER = 200

/** Proxies and Kubernetes still send requests for some seconds after SIGTERM. */
const DEFAULT_GRACE_SECONDS = 5

/** The HTTP settings from the command line. */
export interface Listening {
  readonly host: string
  readonly port: number
  readonly allowedHosts: ReadonlyArray<string>
  readonly allowedOrigins: ReadonlyArray<string>
}

export interface HttpSettings extends Listening {
  readonly authentication: BearerTokens.BearerTokens | OAuth | undefined
  readonly limits: Limits
  /** The time for which requests are still served after SIGTERM. */
  readonly shutdownGrace: Duration.Duration
}

export const read = (given: Listening, env: Env): Result.Result<HttpSettings, ReadonlyArray<string>> => {
  const problems: Array<string> = []
  const authentication = readAuthentication(env, problems)
  const isOpen = authentication === undefined && problems.length === 0
  const count = (name: string, least: number, orElse: number): number => {
    const given = text(env, name) ?? String(orElse)
    if (/^(?:0|[1-9]\d{0,5})$/u.test(given) && Number(given) >= least) return Number(given)
    problems.push(`${name} is "${given}": expected a whole number from ${least} to 999999.`)
    return orElse
  }
  const named =
    (option: string, read: (name: string) => string | undefined, example: string) => (name: string) => {
      const known = read(name)
      if (known === undefined) {
        problems.push(`${option} is "${name}", which no request can match: use a value such as ${example}.`)
      }
      return known ?? []
    }
  const running = count("MCP_MAX_RUNNING", 1, DEFAULT_RUNNING)
  const settings = {
    ...given,
    authentication,
    limits: {
      running,
      runningPerCaller: count("MCP_MAX_RUNNING_PER_CALLER", 1, Math.ceil(running / CALLERS)),
      perCaller: count("MCP_MAX_PER_CALLER", 1, DEFAULT_PER_CALLER)
    },
    shutdownGrace: Duration.seconds(count("MCP_SHUTDOWN_GRACE", 0, DEFAULT_GRACE_SECONDS)),
    allowedHosts: given.allowedHosts.flatMap(named("--allowed-host", AllowedNames.host, "mcp.example.com")),
    allowedOrigins: given.allowedOrigins.flatMap(
      named("--allowed-origin", AllowedNames.origin, "app.example.com or https://app.example.com")
    )
  }
  const reachable = `--host ${given.host} can be reached from other machines`
  if (isOpen && !isLoopback(given.host)) {
    problems.push(
      `MCP_BEARER_TOKEN is not set: ${reachable}, so callers must authenticate. Set it, or MCP_BEARER_TOKEN_FILE, or MCP_OAUTH_ISSUER.`
    )
  }
  if (given.allowedHosts.length === 0 && !isLoopback(given.host)) {
    problems.push(
      `--allowed-host is missing: ${reachable}. Add --allowed-host with the host name that clients use.`
    )
  }
  return problems.length === 0 ? Result.succeed(settings) : Result.fail(problems)
}

/** Returns a variable's value, or undefined if it is empty or an unfilled placeholder. */
const text = (env: Env, name: string): string | undefined => {
  const value = env[name]?.trim() ?? ""
  return value === "" || isPlaceholder(value) ? undefined : value
}

/** A placeholder in one of these is an error: if it counted as unset, the server would accept callers that it must refuse. */
const AUTHENTICATION = [
  BearerTokens.NAME,
  BearerTokens.FILE,
  "MCP_OAUTH_ISSUER",
  "MCP_OAUTH_AUDIENCE",
  "MCP_OAUTH_SCOPES"
]

/** Returns the authentication of callers, or undefined if none is configured, and adds to the problems. */
export const readAuthentication = (env: Env, problems: Array<string>): HttpSettings["authentication"] => {
  const unfilled = AUTHENTICATION.filter((name) => isPlaceholder(env[name] ?? ""))
  problems.push(...unfilled.map((name) => `${name} is not filled in: its value is still a placeholder.`))
  if (unfilled.length > 0) return undefined
  const tokens = BearerTokens.read(env, problems)
  const issuer = text(env, "MCP_OAUTH_ISSUER")
  if (issuer !== undefined) {
    if (tokens === undefined) return readOAuth(env, issuer, problems)
    problems.push(
      "MCP_BEARER_TOKEN (or MCP_BEARER_TOKEN_FILE) is set together with MCP_OAUTH_ISSUER: keep one and unset the other."
    )
  }
  const alone = ["MCP_OAUTH_AUDIENCE", "MCP_OAUTH_SCOPES"].filter((name) => text(env, name) !== undefined)
  if (issuer === undefined && alone.length > 0) {
    problems.push(
      `MCP_OAUTH_ISSUER is not set: set it too, because ${alone.join(" and ")} cannot be used without it.`
    )
  }
  return tokens
}

const readOAuth = (env: Env, issuer: string, problems: Array<string>): OAuth | undefined => {
  const audience = text(env, "MCP_OAUTH_AUDIENCE")
  const endpoint = text(env, "MCP_PUBLIC_URL") ?? audience
  const publicUrl = httpUrl(endpoint)
  const issuerUrl = URL.parse(issuer)
  if (issuerUrl === null || !isEncryptedOrLocal(issuerUrl) || issuerUrl.search + issuerUrl.hash !== "") {
    problems.push("MCP_OAUTH_ISSUER cannot be used: set it to the https URL in iss of the issuer's tokens.")
  }
  if (audience === undefined || endpoint === undefined) {
    problems.push(
      "MCP_OAUTH_AUDIENCE is not set: use the value of aud in the issuer's tokens for this server."
    )
  } else if (publicUrl === undefined) {
    problems.push("MCP_PUBLIC_URL is missing or is not a URL: set it to the URL at which clients reach /mcp.")
  } else {
    const scopes = text(env, "MCP_OAUTH_SCOPES")?.split(/[\s,]+/u) ?? []
    const resource = httpUrl(audience) === undefined ? endpoint : audience
    return { _tag: "OAuth", issuer, audience, scopes, resource, publicUrl }
  }
  return undefined
}

const httpUrl = (value = ""): URL | undefined => {
  const url = URL.parse(value)
  return url !== null && /^https?:$/u.test(url.protocol) ? url : undefined
}
