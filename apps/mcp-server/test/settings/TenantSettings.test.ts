import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Settings from "../../src/settings/TenantSettings.ts"

type Env = Record<string, string | undefined>

const BASE = { SAIL_BASE_URL: "https://acme.api.identitynow.com" }
const CLIENT = { SAIL_CLIENT_ID: "my-id", SAIL_CLIENT_SECRET: "canary-secret" }
const TOKEN = { SAIL_ACCESS_TOKEN: "canary-token" }

const tenant = { baseUrl: BASE.SAIL_BASE_URL, apiVersion: "v2024", allowedHosts: [] }
const client = { clientId: "my-id", clientSecret: "canary-secret" }
const token = { accessToken: "canary-token" }

const complete: ReadonlyArray<readonly [string, Env, object]> = [
  ["client credentials", { ...BASE, ...CLIENT }, { ...tenant, auth: client }],
  ["an access token", { ...BASE, ...TOKEN }, { ...tenant, auth: token }],
  [
    "variables that are empty or undefined, as if they were not set",
    { ...BASE, ...TOKEN, SAIL_CLIENT_ID: "", SAIL_CLIENT_SECRET: undefined, SAIL_API_VERSION: " " },
    { ...tenant, auth: token }
  ],
  [
    "another API version",
    { ...BASE, ...CLIENT, SAIL_API_VERSION: "v1" },
    { ...tenant, apiVersion: "v1", auth: client }
  ],
  [
    "a vanity host that is allowed",
    { SAIL_BASE_URL: "https://id.acme.test", ...CLIENT, SAIL_ALLOWED_HOSTS: "id.acme.test" },
    { baseUrl: "https://id.acme.test", apiVersion: "v2024", allowedHosts: ["id.acme.test"], auth: client }
  ],
  [
    "a sandbox on this machine",
    { SAIL_BASE_URL: "http://127.0.0.1:4010", ...CLIENT },
    { ...tenant, baseUrl: "http://127.0.0.1:4010", auth: client }
  ],
  [
    "placeholders in all that is optional, as if they were not set",
    {
      ...BASE,
      ...CLIENT,
      SAIL_ACCESS_TOKEN: "${SAIL_ACCESS_TOKEN}",
      SAIL_API_VERSION: "${user_config.api_version}",
      SAIL_ALLOWED_HOSTS: "${input:hosts}",
      SAIL_REQUEST_BUDGET: "<budget>",
      SAIL_REDIS_URL: "${SAIL_REDIS_URL}"
    },
    { ...tenant, auth: client }
  ],
  [
    "a part of the limit",
    { ...BASE, ...CLIENT, SAIL_REQUEST_BUDGET: "50" },
    { ...tenant, auth: client, requestBudget: "50 per 10s" }
  ],
  [
    "a part of the limit in a time of its own",
    { ...BASE, ...CLIENT, SAIL_REQUEST_BUDGET: " 5 per 1 minute " },
    { ...tenant, auth: client, requestBudget: "5 per 1m" }
  ],
  ...[
    "redis://127.0.0.1",
    "rediss://me:canary@redis.acme.test:6380/2",
    "redis://:p%40ss%2Fword@[::1]:6379/"
  ].map(
    (url) =>
      [
        `Redis at ${url.replace(/canary/u, "***")}`,
        { ...BASE, ...CLIENT, SAIL_REDIS_URL: `${url} ` },
        { ...tenant, auth: client, redisUrl: url }
      ] as const
  )
]

const redisUrls: ReadonlyArray<string> = [
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

const budgets: ReadonlyArray<string> = [
  "0",
  "-1",
  "1.5",
  "many",
  "50 per",
  "50 per day",
  "50 per 0 seconds",
  "50/10s"
]

/** The variables that the problems name first, one problem each. */
const wrong: ReadonlyArray<readonly [string, Env, ReadonlyArray<string>]> = [
  ["nothing at all", {}, ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"]],
  ["no base URL", CLIENT, ["SAIL_BASE_URL"]],
  ["no credentials", BASE, ["SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"]],
  ["an id without its secret", { ...BASE, SAIL_CLIENT_ID: "my-id" }, ["SAIL_CLIENT_SECRET"]],
  ["a secret without its id", { ...BASE, SAIL_CLIENT_SECRET: "canary-secret" }, ["SAIL_CLIENT_ID"]],
  ["both ways to log in", { ...BASE, ...CLIENT, ...TOKEN }, ["SAIL_ACCESS_TOKEN"]],
  ["a base URL that is none", { SAIL_BASE_URL: "acme", ...CLIENT }, ["SAIL_BASE_URL"]],
  [
    "http beyond this machine",
    { SAIL_BASE_URL: "http://acme.api.identitynow.com", ...CLIENT },
    ["SAIL_BASE_URL"]
  ],
  [
    "a password in the base URL",
    { SAIL_BASE_URL: "https://me:canary-secret@acme.api.identitynow.com", ...CLIENT },
    ["SAIL_BASE_URL"]
  ],
  ["a host that is not SailPoint's", { SAIL_BASE_URL: "https://evil.test", ...CLIENT }, ["SAIL_BASE_URL"]],
  ["an unknown API version", { ...BASE, ...CLIENT, SAIL_API_VERSION: "v9" }, ["SAIL_API_VERSION"]],
  [
    "an unknown API version, and a secret without its id",
    { ...BASE, SAIL_API_VERSION: "v9", SAIL_CLIENT_SECRET: "canary-secret" },
    ["SAIL_API_VERSION", "SAIL_CLIENT_ID"]
  ],
  [
    "a base URL that is none, and both ways to log in",
    { SAIL_BASE_URL: "acme", ...CLIENT, ...TOKEN },
    ["SAIL_BASE_URL", "SAIL_ACCESS_TOKEN"]
  ],
  ...redisUrls.map(
    (url) =>
      [`SAIL_REDIS_URL=${url}`, { ...BASE, ...CLIENT, SAIL_REDIS_URL: url }, ["SAIL_REDIS_URL"]] as const
  ),
  ...budgets.map(
    (budget) =>
      [
        `SAIL_REQUEST_BUDGET=${budget}`,
        { ...BASE, ...CLIENT, SAIL_REQUEST_BUDGET: budget },
        ["SAIL_REQUEST_BUDGET"]
      ] as const
  ),
  [
    "nothing right at all",
    { SAIL_REQUEST_BUDGET: "0", SAIL_REDIS_URL: "canary" },
    ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET", "SAIL_REQUEST_BUDGET", "SAIL_REDIS_URL"]
  ]
]

describe("the settings", () => {
  it.each(complete)("are complete with %s", (_, env, expected) => {
    const settings = Settings.read(env)
    // What reads more than the status needs is off unless it is switched on.
    const complete = { auditEvents: false, countRecords: false, ...expected }
    assert.deepStrictEqual(Result.isSuccess(settings) ? revealed(settings.success) : settings, complete)
  })

  it.each(wrong)("with %s: every problem is told at once, and names its variable", (_, env, names) => {
    const settings = Settings.read(env)
    const problems = Result.isFailure(settings) ? settings.failure : []
    assert.deepStrictEqual(
      problems.map(({ variable }) => variable),
      [...names]
    )
    for (const { fix, problem, variable } of problems) {
      assert.isTrue(problem.startsWith(`${variable} `), problem)
      assert.match(`${problem} ${fix}`, /\.$/u)
      assert.notInclude(problem + fix, "canary")
    }
  })

  it("name a required one that is still a placeholder, without its value", () => {
    const settings = Settings.read({
      SAIL_BASE_URL: "https://${user_config.tenant}.api.identitynow.com",
      SAIL_CLIENT_ID: "${user_config.client_id}",
      SAIL_CLIENT_SECRET: "your-client-secret"
    })
    const problems = Result.isFailure(settings) ? settings.failure : []
    assert.lengthOf(problems, 3)
    for (const { problem } of problems) {
      assert.include(problem, "was not filled in by the assistant")
      assert.notMatch(problem, /user_config|your-client/u)
    }
  })

  it("do not show their secrets", () => {
    for (const env of [
      { ...BASE, ...CLIENT },
      { ...BASE, ...TOKEN },
      { ...BASE, ...CLIENT, SAIL_REDIS_URL: "redis://:canary@127.0.0.1" }
    ]) {
      assert.notInclude(JSON.stringify(Result.getOrThrow(Settings.read(env))), "canary")
    }
  })
})

const revealed = ({ auth, redisUrl, requestBudget, ...rest }: Settings.Settings): object => ({
  ...rest,
  auth: Object.fromEntries(
    Object.entries(auth).map(([key, value]) => [
      key,
      Redacted.isRedacted(value) ? Redacted.value(value) : value
    ])
  ),
  ...(redisUrl === undefined
    ? {}
    : { redisUrl: Redacted.isRedacted(redisUrl) ? Redacted.value(redisUrl) : "read from its file" }),
  ...(requestBudget?.per === undefined
    ? {}
    : {
        requestBudget: `${requestBudget.requests} per ${Duration.format(Duration.fromInputUnsafe(requestBudget.per))}`
      })
})
