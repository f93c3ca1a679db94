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

type Case = readonly [what: string, step: string, says: RegExp, env: Effect.Effect<Env, never, Scope.Scope>]

const GONE = "127.0.0.1:9"

const oauth = ({ url }: Pick<Issuer.Issuer, "url">): Env => ({
  MCP_OAUTH_ISSUER: url,
  MCP_OAUTH_AUDIENCE: Issuer.AUDIENCE
})

/** A proxy that Node uses for the tenant, which is on loopback. */
const throughProxy = ({ url }: Pick<ConnectProxy.ConnectProxy, "url">): Env => ({
  HTTP_PROXY: url,
  NODE_USE_ENV_PROXY: "1"
})

const issuer = (options: Parameters<typeof Issuer.start>[0] = {}) => Effect.map(Issuer.start(options), oauth)

const collector = (manner: OtlpReceiver.Manner, change: Env = {}) =>
  Effect.map(OtlpReceiver.start(manner), ({ env }) => ({ ...env, ...change }))

const bearerFile = Effect.map(SecretFile.make(`alice:${TOKEN}`), ({ path }) => ({
  MCP_BEARER_TOKEN_FILE: path
}))

const hangingRedis = Effect.gen(function* () {
  const { hang, url } = yield* RedisServer.started()
  yield* hang
  return { SAIL_REDIS_URL: url }
})

const redisUser = (rights: string) =>
  Effect.gen(function* () {
    const { command, url } = yield* RedisServer.started()
    yield* command("ACL", "SETUSER", "app", "on", ">canary", "~sailpoint-bulk-upload:*", ...rights.split(" "))
    return { SAIL_REDIS_URL: url.replace("//", "//app:canary@") }
  })

const cases: ReadonlyArray<Case> = [
  ["an issuer with keys", "callers", /^ok .*publishes 1 keys/u, issuer()],
  [
    "an issuer that is gone",
    "callers",
    /^failed .*ECONNREFUSED.*Set MCP_OAUTH_ISSUER to the exact/u,
    Effect.scoped(issuer())
  ],
  ["a file of bearer tokens", "callers", /^ok .*bearer tokens: alice/u, bearerFile],
  [
    "a short bearer token",
    "callers",
    /^failed .*MCP_BEARER_TOKEN is too short/u,
    Effect.succeed({ MCP_BEARER_TOKEN: "canary" })
  ],
  ["a collector", "otlp", /^ok .*accepts/u, collector("accept")],
  ["a collector that refuses", "otlp", /^failed .*answered 400.*OTLP_HEADERS/u, collector("refuse")],
  ["a collector that is gone", "otlp", /^failed .*did not answer/u, OtlpReceiver.absent],
  [
    "a protocol that is not supported",
    "otlp",
    /^failed .*Nothing is exported/u,
    collector("accept", { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })
  ],
  ["a proxy", "proxy", /^ok .*HTTP_PROXY connects to 127/u, Effect.map(ConnectProxy.start(), throughProxy)],
  [
    "a proxy that is gone",
    "proxy",
    /^failed .*ECONNREFUSED.*Check HTTP_PROXY/u,
    Effect.succeed(throughProxy({ url: `http://me:canary@${GONE}` }))
  ],
  [
    "a proxy that demands a user",
    "proxy",
    /^failed .*answered 407/u,
    Effect.map(ConnectProxy.start(407), throughProxy)
  ]
]

const redisCases: ReadonlyArray<Case> = [
  ["a Redis that runs scripts", "redis", /^ok .*runs the scripts/u, redisUser("+@all")],
  [
    "a Redis that runs no script",
    "redis",
    /^failed .*NOPERM.*is allowed to run scripts/u,
    redisUser("+@all -@scripting")
  ],
  [
    "a Redis that is gone",
    "redis",
    /^failed .*ECONNREFUSED.*Check the address/u,
    Effect.succeed({ SAIL_REDIS_URL: `redis://:canary@${GONE}` })
  ],
  ["a Redis that hangs", "redis", /^failed .*Redis cannot be used/u, hangingRedis]
]

const shows = ([, step, says, env]: Case) =>
  Effect.gen(function* () {
    const settings = { ...settingsFor(yield* Sandbox.make()), ...(yield* env) }
    const { code, stderr, stdout } = yield* (yield* start(["check", "--json"], settings)).ended
    const { findings, ok } = JSON.parse(stdout) as {
      readonly ok: boolean
      readonly findings: ReadonlyArray<Readonly<Record<string, string>>>
    }
    const [finding, ...others] = findings.filter((finding) => finding["step"] === step)
    assert.isEmpty(others)
    assert.match(`${finding?.["outcome"]} ${finding?.["found"]} ${finding?.["nextStep"]}`, says)
    assert.deepStrictEqual([ok, code], finding?.["outcome"] === "ok" ? [true, 0] : [false, 1])
    assert.notInclude(stdout + stderr, "canary")
  })

describe("check", { timeout: 60_000 }, () => {
  it.live.each(cases)("check reports %s", shows)
})

describe.skipIf(RedisServer.isMissing)("check with a Redis URL", { timeout: 60_000 }, () => {
  it.live.each(redisCases)("check reports %s", shows)
})
