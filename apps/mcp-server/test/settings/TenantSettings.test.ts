import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Settings from "../../src/settings/TenantSettings.ts"

type Env = Record<string, string | undefined>

const BASE = { SAIL_BASE_URL: "https://acme.api.identitynow.com" }
const CLIENT = { SAIL_CLIENT_ID: "my-id", SAIL_CLIENT_SECRET: "canary-secret" }
const complete = { ...BASE, ...CLIENT }

/** Values of SAIL_REDIS_URL, each with the URL that the server uses, if any. */
const redisUrls: ReadonlyArray<readonly [given: string, used: string | undefined]> = [
  ["redis://127.0.0.1 ", "redis://127.0.0.1"],
  ["rediss://me:canary@redis.acme.test:6380/2", "rediss://me:canary@redis.acme.test:6380/2"],
  ["redis://:p%40ss%2Fword@[::1]:6379/", "redis://:p%40ss%2Fword@[::1]:6379/"],
  [" ", undefined],
  ["${SAIL_REDIS_URL}", undefined]
]

const wrongRedisUrls: ReadonlyArray<string> = [
  "canary",
  "127.0.0.1:6379",
  "http://canary@127.0.0.1:6379",
  "unix:///run/canary.sock",
  "redis://",
  "redis:///2",
  "redis://:canary@127.0.0.1:99999",
  "redis://:canary@127.0.0.1/first",
  "redis://:canary@127.0.0.1/-1",
  "redis://:canary@127.0.0.1/1?db=2",
  "redis://:canary#1@127.0.0.1",
  "redis://:canary%@127.0.0.1",
  "redis://canary%zz@127.0.0.1"
]

/** The variable of each problem. The library's tests check the problems themselves. */
const wrong: ReadonlyArray<readonly [string, Env, ReadonlyArray<string>]> = [
  ["nothing at all", {}, ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"]],
  [
    "an invalid base URL, and both ways to log in",
    { SAIL_BASE_URL: "acme", ...CLIENT, SAIL_ACCESS_TOKEN: "canary-token" },
    ["SAIL_BASE_URL", "SAIL_ACCESS_TOKEN"]
  ],
  [
    "a secret without its ID, and an unusable Redis",
    { ...BASE, SAIL_CLIENT_SECRET: "canary-secret", SAIL_REDIS_URL: "canary" },
    ["SAIL_CLIENT_ID", "SAIL_REDIS_URL"]
  ],
  ...wrongRedisUrls.map(
    (url) => [`SAIL_REDIS_URL=${url}`, { ...complete, SAIL_REDIS_URL: url }, ["SAIL_REDIS_URL"]] as const
  )
]

describe("the settings", () => {
  it("settings accept an access token or client credentials, and show no secret", () => {
    for (const env of [complete, { ...BASE, SAIL_CLIENT_ID: "", SAIL_ACCESS_TOKEN: "canary-token" }]) {
      const settings = Result.getOrThrow(Settings.read(env))
      assert.strictEqual("accessToken" in settings.auth, "SAIL_ACCESS_TOKEN" in env)
      // Features that read more than a status are off by default.
      assert.deepInclude(settings, { auditEvents: false, countRecords: false })
      assert.notInclude(JSON.stringify(settings), "canary")
    }
  })

  it.each(redisUrls)("settings have the URL in SAIL_REDIS_URL=%s, if it is set", (given, used) => {
    const { redisUrl } = Result.getOrThrow(Settings.read({ ...complete, SAIL_REDIS_URL: given }))
    assert.strictEqual(Redacted.isRedacted(redisUrl) ? Redacted.value(redisUrl) : redisUrl, used)
  })

  it.each(wrong)("settings with %s have all problems at once, each with its variable", (_, env, names) => {
    const settings = Settings.read(env)
    const problems = Result.isFailure(settings) ? settings.failure : []
    const variables = problems.map(({ variable }) => variable)
    assert.deepStrictEqual(variables, [...names])
    for (const { fix, problem, variable } of problems) {
      assert.isTrue(problem.startsWith(`${variable} `), problem)
      assert.match(`${problem} ${fix}`, /\.$/u)
      assert.notInclude(problem + fix, "canary")
    }
  })

  it.each(["SAIL_CLIENT_SECRET", "SAIL_REDIS_URL"])(
    "settings with both %s and its file have a problem, which shows no value",
    (name) => {
      const settings = Settings.read({ ...complete, [name]: "canary", [`${name}_FILE`]: "canary" })
      const problems = Result.isFailure(settings) ? settings.failure : []
      const texts = problems.map(({ fix, problem }) => `${problem} ${fix}`)
      assert.include(texts, `${name} and ${name}_FILE are both set. Keep one and unset the other.`)
      assert.notInclude(texts.join(), "canary")
    }
  )
})
