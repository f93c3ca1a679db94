/**
 * Probes of all that is configured besides the tenant: the proxy, Redis, the authentication of callers, and the
 * telemetry collector.
 */
import * as Effect from "effect/Effect"
import * as http from "node:http"
import * as https from "node:https"
import { urlToHttpOptions } from "node:url"
import type { Env } from "../settings/Environment.ts"
import { proxyFor } from "../settings/proxyFor.ts"
import type { Settings } from "../settings/TenantSettings.ts"
import * as Telemetry from "../telemetry/Telemetry.ts"
import { failed, type Finding, ok } from "./Check.ts"

/** Returns the probes; `env` has this server's variables, which `process.env` no longer has. */
export const make = (
  { baseUrl, redisUrl }: Settings,
  env: Env,
  sandbox: boolean
): ReadonlyArray<Effect.Effect<Finding | undefined>> => [
  ...(sandbox ? [] : [proxy(new URL(baseUrl))]),
  ...(redisUrl === undefined ? [] : [redis(redisUrl)]),
  callers(env),
  ...(Telemetry.isWanted(env) ? [collector(env)] : [])
]

const redis = (url: NonNullable<Settings["redisUrl"]>): Effect.Effect<Finding> =>
  Effect.promise(() => import("../redis/SharedLimit.ts")).pipe(
    Effect.flatMap(({ probe }) => probe(url)),
    Effect.match({
      onSuccess: () => ok("redis", "Redis runs the scripts of the shared rate limit"),
      onFailure: (reason) =>
        failed(
          "redis",
          `Redis cannot be used (${reason}), so each server applies the rate limit to itself.`,
          "Check the address, the user and the password in SAIL_REDIS_URL or its file, and that the user is allowed to run scripts (EVAL and EVALSHA) on the keys sailpoint-bulk-upload:*."
        )
    })
  )

/** Returns undefined if neither a token nor an issuer is configured. */
const callers = (env: Env): Effect.Effect<Finding | undefined> =>
  Effect.gen(function* () {
    const { readAuthentication } = yield* Effect.promise(() => import("../settings/HttpSettings.ts"))
    const problems: Array<string> = []
    const settings = readAuthentication(env, problems)
    if (problems.length > 0) {
      return failed("callers", problems.join(" "), "Correct these variables before you start http.")
    }
    if (settings === undefined) return undefined
    if (settings._tag === "BearerTokens") {
      const names = settings.tokens.map(({ name = "one without a name" }) => name)
      return ok("callers", `bearer tokens: ${names.join(", ")}`)
    }
    const { countKeys } = yield* Effect.promise(() => import("../http/auth/JwtVerifier.ts"))
    return yield* Effect.match(countKeys(settings), {
      onSuccess: (count) => ok("callers", `the issuer in MCP_OAUTH_ISSUER publishes ${count} keys`),
      onFailure: (reason) =>
        failed(
          "callers",
          `The keys of MCP_OAUTH_ISSUER cannot be fetched (${reason}).`,
          "Set MCP_OAUTH_ISSUER to the exact value of issuer in the issuer's metadata, and check that this machine reaches the issuer."
        )
    })
  })

const collector = (env: Env): Effect.Effect<Finding> =>
  Effect.promise(() => import("../telemetry/OtlpExport.ts")).pipe(
    Effect.flatMap(({ probe }) => probe(env)),
    Effect.match({
      onSuccess: () => ok("otlp", "the telemetry collector accepts exports"),
      onFailure: (problem) =>
        failed(
          "otlp",
          `${problem}.`,
          "Check OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS, and that the collector accepts OTLP over HTTP."
        )
    })
  )

const proxy = (tenant: URL): Effect.Effect<Finding | undefined> => {
  const found = proxyFor(process.env, process.execArgv, tenant)
  if (found === undefined) return Effect.undefined
  const { isUsed, variable } = found
  if (!isUsed) return Effect.succeed(unused(variable))
  const url = URL.parse(process.env[variable] ?? "")
  return Effect.match(url === null ? Effect.fail("it is not a URL") : connect(url, tenant), {
    onSuccess: () => ok("proxy", `the proxy in ${variable} connects to ${tenant.host}`),
    onFailure: (reason) =>
      failed(
        "proxy",
        `The proxy in ${variable} does not connect to ${tenant.host} (${reason}).`,
        `Check ${variable}, with the user and the password if the proxy needs them.`
      )
  })
}

/** A hint and not a failure: the host may be reachable without the proxy. */
const unused = (variable: string): Finding => ({
  step: "proxy",
  outcome: "skipped",
  found: `${variable} is set, but Node is not configured to use it`,
  nextStep:
    "If this machine reaches SailPoint only through that proxy, set NODE_USE_ENV_PROXY to 1 where the assistant starts this server (Node 22.21 or newer)."
})

const CONNECT_MILLIS = 5_000

/** Connects to the tenant through the proxy (RFC 9110, section 9.3.6). */
const connect = (proxy: URL, tenant: URL): Effect.Effect<void, string> =>
  Effect.callback((resume) => {
    const authority = `${tenant.hostname}:${tenant.port || (tenant.protocol === "https:" ? 443 : 80)}`
    const request = (proxy.protocol === "https:" ? https : http).request({
      ...urlToHttpOptions(proxy),
      method: "CONNECT",
      path: authority,
      headers: { host: authority },
      timeout: CONNECT_MILLIS
    })
    request.once("connect", ({ statusCode = 0 }, socket) => {
      socket.destroy()
      resume(statusCode === 200 ? Effect.void : Effect.fail(`it answered ${statusCode}`))
    })
    request.once("timeout", () => resume(Effect.fail("no answer in time")))
    request.once("error", (error) => resume(Effect.fail("code" in error ? String(error.code) : error.name)))
    request.end()
    return Effect.sync(() => request.destroy())
  })
