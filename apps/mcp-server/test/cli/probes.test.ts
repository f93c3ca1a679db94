import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as ConnectProxy from "../support/ConnectProxy.ts"
import { TOKEN } from "../support/HttpProcess.ts"
import * as Issuer from "../support/Issuer.ts"
import * as OtlpReceiver from "../support/OtlpReceiver.ts"
import * as RedisServer from "../support/RedisServer.ts"
import * as SecretFile from "../support/SecretFile.ts"
import { settingsFor, start } from "../support/ServerProcess.ts"

type Env = Readonly<Record<string, string>>

interface Case {
  readonly env: Effect.Effect<Env, never, Scope.Scope>
  readonly step: string
  readonly outcome: "ok" | "failed"
  readonly says: RegExp
}

const GONE = "127.0.0.1:9"

const oauth = (issuer: string): Env => ({ MCP_OAUTH_ISSUER: issuer, MCP_OAUTH_AUDIENCE: Issuer.AUDIENCE })

/** A proxy that Node uses for the tenant, which is on loopback. */
const throughProxy = (url: string): Env => ({ HTTP_PROXY: url, NODE_USE_ENV_PROXY: "1" })

const redisUser = (rights: string) =>
  Effect.gen(function* () {
    const { command, url } = yield* RedisServer.started()
    yield* command("ACL", "SETUSER", "app", "on", ">canary", "~sailpoint-bulk-upload:*", ...rights.split(" "))
    return { SAIL_REDIS_URL: url.replace("//", "//app:canary@") }
  })

const cases: ReadonlyArray<readonly [string, Case]> = [
  [
    "an issuer with keys",
    {
      env: Effect.map(Issuer.start(), ({ url }) => oauth(url)),
      step: "callers",
      outcome: "ok",
      says: /publishes 1 keys/u
    }
  ],
  [
    "an issuer that nobody answers for",
    {
      env: Effect.map(Effect.scoped(Issuer.start()), ({ url }) => oauth(url)),
      step: "callers",
      outcome: "failed",
      says: /ECONNREFUSED.*Set MCP_OAUTH_ISSUER to exactly/u
    }
  ],
  [
    "an issuer of another name",
    {
      env: Effect.map(Issuer.start({ path: "/tenant" }), ({ url }) => oauth(new URL(url).origin)),
      step: "callers",
      outcome: "failed",
      says: /cannot be fetched/u
    }
  ],
  [
    "an issuer whose keys are gone",
    {
      env: Effect.map(Issuer.start({ keysAt: `http://${GONE}/keys` }), ({ url }) => oauth(url)),
      step: "callers",
      outcome: "failed",
      says: /cannot be fetched/u
    }
  ],
  [
    "a file of bearer tokens",
    {
      env: Effect.map(SecretFile.make(`alice:${TOKEN}`), ({ path }) => ({ MCP_BEARER_TOKEN_FILE: path })),
      step: "callers",
      outcome: "ok",
      says: /bearer tokens: alice/u
    }
  ],
  [
    "a short bearer token",
    {
      env: Effect.succeed({ MCP_BEARER_TOKEN: "canary" }),
      step: "callers",
      outcome: "failed",
      says: /MCP_BEARER_TOKEN is too short/u
    }
  ],
  [
    "a collector",
    {
      env: Effect.map(OtlpReceiver.start(), ({ env }) => env),
      step: "otlp",
      outcome: "ok",
      says: /accepts/u
    }
  ],
  [
    "a collector that refuses",
    {
      env: Effect.map(OtlpReceiver.start("refuse"), ({ env }) => env),
      step: "otlp",
      outcome: "failed",
      says: /answered 400.*OTEL_EXPORTER_OTLP_HEADERS/u
    }
  ],
  [
    "a collector that is gone",
    {
      env: OtlpReceiver.absent,
      step: "otlp",
      outcome: "failed",
      says: /gave no answer/u
    }
  ],
  [
    "a protocol that the collector is not sent",
    {
      env: Effect.map(OtlpReceiver.start(), ({ env }) => ({ ...env, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })),
      step: "otlp",
      outcome: "failed",
      says: /Nothing is exported/u
    }
  ],
  [
    "a proxy",
    {
      env: Effect.map(ConnectProxy.start(), ({ url }) => throughProxy(url)),
      step: "proxy",
      outcome: "ok",
      says: /HTTP_PROXY connects to 127/u
    }
  ],
  [
    "a proxy that is gone",
    {
      env: Effect.succeed(throughProxy(`http://me:canary@${GONE}`)),
      step: "proxy",
      outcome: "failed",
      says: /ECONNREFUSED.*Check HTTP_PROXY/u
    }
  ],
  [
    "a proxy that asks for a user",
    {
      env: Effect.map(ConnectProxy.start(407), ({ url }) => throughProxy(url)),
      step: "proxy",
      outcome: "failed",
      says: /answered 407/u
    }
  ]
]

const redisCases: ReadonlyArray<readonly [string, Case]> = [
  ["that runs scripts", { env: redisUser("+@all"), step: "redis", outcome: "ok", says: /runs the scripts/u }],
  [
    "that answers PING and runs no script",
    {
      env: redisUser("+@all -@scripting"),
      step: "redis",
      outcome: "failed",
      says: /NOPERM.*may run scripts/u
    }
  ],
  [
    "that is gone",
    {
      env: Effect.succeed({ SAIL_REDIS_URL: `redis://:canary@${GONE}` }),
      step: "redis",
      outcome: "failed",
      says: /ECONNREFUSED.*Check the address/u
    }
  ],
  [
    "that hangs",
    {
      env: Effect.gen(function* () {
        const { hang, url } = yield* RedisServer.started()
        yield* hang
        return { SAIL_REDIS_URL: url }
      }),
      step: "redis",
      outcome: "failed",
      says: /Redis cannot be used/u
    }
  ]
]

const shows = ([, { env, outcome, says, step }]: readonly [string, Case]) =>
  Effect.gen(function* () {
    const settings = { ...settingsFor(yield* Sandbox.make()), ...(yield* env) }
    const { code, stderr, stdout } = yield* (yield* start(["check", "--json"], settings)).ended
    const { findings, ok } = JSON.parse(stdout) as {
      readonly ok: boolean
      readonly findings: ReadonlyArray<Readonly<Record<string, string>>>
    }
    const [finding, ...others] = findings.filter((finding) => finding["step"] === step)
    assert.deepStrictEqual([finding?.["outcome"], others.length], [outcome, 0])
    assert.match(`${finding?.["found"]} ${finding?.["nextStep"]}`, says)
    assert.deepStrictEqual([ok, code], outcome === "ok" ? [true, 0] : [false, 1])
    assert.notInclude(stdout + stderr, "canary")
  })

describe("check", { timeout: 60_000 }, () => {
  it.live.each(cases)("probes %s", shows)

  describe.skipIf(RedisServer.isMissing)("of a Redis", () => {
    it.live.each(redisCases)("%s finds it out", shows)
  })
})
