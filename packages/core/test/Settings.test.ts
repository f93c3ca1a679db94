import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readFiles, SECRETS } from "../src/internal/secretFiles.ts"
import type { Secret } from "../src/internal/tokens.ts"
import * as Settings from "../src/Settings.ts"

type Env = Readonly<Record<string, string | undefined>>

const CLIENT = { SAIL_CLIENT_ID: "id", SAIL_CLIENT_SECRET: "canary-secret" }
const BASE = { SAIL_BASE_URL: "https://acme.api.identitynow.com" }
const complete = { ...BASE, ...CLIENT }

const read = (env: Env, given?: Parameters<typeof Settings.read>[0]) => {
  const defined = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return Effect.provideService(
    Settings.read(given),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnv({ env: Object.fromEntries(defined) })
  )
}

const valueOf = (secret: Secret) => (Redacted.isRedacted(secret) ? Redacted.value(secret) : undefined)

const problemsIn = (env: Env) =>
  Effect.map(Effect.flip(read(env)), (error) => (error._tag === "InvalidSettings" ? error.problems : []))

const limit = (requests: number, per: Duration.Input) => ({
  requestBudget: { requests, per: Duration.fromInputUnsafe(per) }
})

/** Placeholders in the forms that clients and configuration files use. */
const placeholders = [
  " ${SAIL_CLIENT_SECRET:-} ",
  "$SAIL_CLIENT_SECRET",
  "$(op read secret)",
  "%SAIL_CLIENT_SECRET%",
  "{{client_secret}}",
  "<your-client-secret>",
  "[client secret]",
  "YOUR_CLIENT_SECRET",
  "your_client_secret_here",
  "yourClientSecret",
  "the-client-id",
  "changeme",
  "REPLACE_ME",
  "xxxxxxxx",
  "********",
  "..."
]

/** Values that resemble placeholders. */
const real = [
  "$2b$10$abcdefghijklmnop",
  "pa${ss}word",
  "{not closed",
  "your-company-7f3a",
  "the-company-secret",
  "secret",
  "my-id"
]

describe("Settings", () => {
  it.effect("read returns client credentials or an access token, and v2024 if no version is set", () =>
    Effect.gen(function* () {
      const settings = yield* read(complete)
      assert.include(settings, { baseUrl: BASE.SAIL_BASE_URL, apiVersion: "v2024" })
      assert("clientId" in settings.auth)
      assert.strictEqual(valueOf(settings.auth.clientSecret), "canary-secret")
      const shown = { clientId: "id", clientSecret: "<redacted:SAIL_CLIENT_SECRET>" }
      assert.strictEqual(JSON.stringify(settings.auth), JSON.stringify(shown))
      const { auth } = yield* read({ ...BASE, SAIL_ACCESS_TOKEN: "canary-token" })
      assert("accessToken" in auth)
      assert.strictEqual(valueOf(auth.accessToken), "canary-token")
      assert.strictEqual(String(auth.accessToken), "<redacted:SAIL_ACCESS_TOKEN>")
    })
  )

  it.effect("read ignores variables whose values are given", () =>
    Effect.gen(function* () {
      const auth = { accessToken: Redacted.make("given") }
      const given = { baseUrl: "https://b.api.identitynow.com", auth, requestBudget: { requests: 1 } }
      const unread = { SAIL_BASE_URL: "acme", SAIL_CLIENT_ID: "id", SAIL_REQUEST_BUDGET: "x" }
      const settings = yield* read({ ...unread, SAIL_API_VERSION: "v1" }, given)
      assert.include(settings, { baseUrl: given.baseUrl, auth, apiVersion: "v1" })
    })
  )

  const SAIL_BASE_URL = "https://a.example"
  it.effect.each<readonly [Env, expected: object]>([
    [{ SAIL_REQUEST_BUDGET: "50" }, limit(50, "10 seconds")],
    [{ SAIL_REQUEST_BUDGET: " 1 per 1 minute " }, limit(1, "1 minute")],
    [{ SAIL_REQUEST_BUDGET: "20 per 500 millis" }, limit(20, "500 millis")],
    [{ SAIL_COUNT_RECORDS: "true" }, { countRecords: true, auditEvents: false }],
    [{ SAIL_AUDIT_EVENTS: "true" }, { countRecords: false, auditEvents: true }],
    [{ SAIL_AUDIT_EVENTS: " false " }, { countRecords: false, auditEvents: false }],
    [{ SAIL_BASE_URL, SAIL_ALLOWED_HOSTS: "b.example, HTTPS://A.EXAMPLE/" }, { baseUrl: SAIL_BASE_URL }]
  ])("read returns from %j the options %j", ([env, expected]) =>
    Effect.map(read({ ...complete, ...env }), (settings) => assert.deepInclude(settings, expected))
  )

  const versions = "v2024, v2025, v2026, v3, beta, v1, or unset it."
  const ofToken = "of a personal access token with the scope idn:nelm:read."
  const aSwitch = "Set it to true or false, or unset it."
  const [host, port] = ["https://acme.api.identitynowgov.com", "https://evil.example:8443"]
  const [braces, yours] = [
    "https://{tenant}.api.identitynow.com",
    "https://your-tenant.api.identitynow-demo.com"
  ]
  const token = { SAIL_ACCESS_TOKEN: "canary", SAIL_CLIENT_SECRET: undefined }
  const wrong: ReadonlyArray<readonly [Env, problem: string, fix: string]> = [
    [{ SAIL_BASE_URL: "  " }, "SAIL_BASE_URL is not set.", "your tenant's API host"],
    [{ SAIL_BASE_URL: braces }, "SAIL_BASE_URL is not filled in", "your tenant's API host"],
    [{ SAIL_BASE_URL: yours }, "SAIL_BASE_URL is not filled in", "your tenant's API host"],
    [{ SAIL_BASE_URL: "acme" }, 'cannot be used: "acme" is not a URL.', "Give the tenant's API host"],
    [{ SAIL_BASE_URL: host }, "not one of SailPoint's", 'HOSTS to "acme.api.identitynowgov.com".'],
    [{ SAIL_BASE_URL: port, SAIL_ALLOWED_HOSTS: "a,b" }, "not one of", 'to "a,b,evil.example:8443".'],
    [{ SAIL_API_VERSION: "V2024" }, 'is "V2024".', `Set it to one of ${versions}`],
    [{ SAIL_API_VERSION: "v".repeat(41) }, `is "${"v".repeat(39)}…".`, "one of v2024"],
    [{ SAIL_API_VERSION: "\u001B[2Jv3" }, 'is "v3".', "one of v2024"],
    [{ SAIL_REQUEST_BUDGET: "50/10s" }, 'is "50/10s".', "50 per 10 seconds"],
    [{ SAIL_REQUEST_BUDGET: "about 50" }, 'is "about 50".', "Set it to a number of requests"],
    [{ SAIL_REQUEST_BUDGET: "0" }, 'is "0".', "at least 1"],
    [{ SAIL_REQUEST_BUDGET: "5 per 0 seconds" }, 'is "5 per 0 seconds".', "at least 1"],
    [{ SAIL_COUNT_RECORDS: "yes" }, 'is "yes".', aSwitch],
    [{ SAIL_AUDIT_EVENTS: "1" }, 'is "1".', aSwitch],
    [{ SAIL_CLIENT_SECRET: undefined }, "SECRET is not set.", `the client secret ${ofToken}`],
    [{ SAIL_CLIENT_ID: undefined }, "SAIL_CLIENT_ID is not set.", `the client ID ${ofToken}`],
    [token, "is set together with SAIL_CLIENT_ID or SAIL_CLIENT_SECRET.", "Keep one of the two ways"],
    [
      { SAIL_ACCESS_TOKEN: "${TOKEN}", SAIL_CLIENT_SECRET: undefined, SAIL_CLIENT_ID: undefined },
      "SAIL_ACCESS_TOKEN is not filled in: its value is still a placeholder.",
      "Set it to an access token of the tenant."
    ]
  ]

  it.effect.each(wrong)("read reports a problem and a fix for %j", ([change, problem, fix]) =>
    Effect.gen(function* () {
      const problems = yield* problemsIn({ ...complete, ...change })
      assert.lengthOf(problems, 1)
      for (const found of problems) {
        assert.include(found.problem, problem)
        assert.include(found.fix, fix)
        assert.isTrue(found.problem.startsWith(`${found.variable} `))
        assert.notMatch(found.problem + found.fix, /canary|\p{Cc}/u)
        assert.isAtMost(found.problem.length + found.fix.length, 500)
      }
    })
  )

  it.effect("read reports all missing and wrong variables together", () =>
    Effect.gen(function* () {
      const env = { SAIL_API_VERSION: "v9", SAIL_REQUEST_BUDGET: "many" }
      const error = yield* Effect.flip(read(env))
      assert(error._tag === "InvalidSettings")
      const { message, nextStep, problems, summary } = error
      assert.isFalse(error.retryable)
      assert.sameMembers(
        problems.map(({ variable }) => variable),
        ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET", "SAIL_API_VERSION", "SAIL_REQUEST_BUDGET"]
      )
      assert.strictEqual(message, problems.map(({ fix, problem }) => `${problem} ${fix}`).join("\n"))
      assert.strictEqual(summary, problems.map(({ problem }) => problem).join(" "))
      assert.strictEqual(nextStep, problems.map(({ fix }) => fix).join(" "))
    })
  )
})

const setTwice = { SAIL_ACCESS_TOKEN: "canary", SAIL_ACCESS_TOKEN_FILE: "/good" }
const unset = { SAIL_ACCESS_TOKEN: "${TOKEN}", SAIL_ACCESS_TOKEN_FILE: "/good" }
const unnamed = { SAIL_CLIENT_SECRET: "set", SAIL_CLIENT_SECRET_FILE: "${secret.file}" }
const files: ReadonlyArray<readonly [string, Env, value: string | undefined, problem?: string]> = [
  ["whose file has a line", { SAIL_ACCESS_TOKEN_FILE: " /good " }, "canary"],
  ["that is a placeholder and has a file", unset, "canary"],
  ["without a file", { SAIL_CLIENT_SECRET: "set" }, "set"],
  ["whose file is still a placeholder", unnamed, "set"],
  ["whose file is empty", { SAIL_CLIENT_SECRET_FILE: "/empty" }, "", "SECRET_FILE names is empty. Set it to"],
  ["whose file is missing", { SAIL_ACCESS_TOKEN_FILE: "canary" }, undefined, "cannot be read. Set it to"],
  ["that is set twice", setTwice, "canary", "and SAIL_ACCESS_TOKEN_FILE are both set. Keep one and unset"]
]

describe("a secret", () => {
  it.for(files)("a secret %s is read, or its problem is named", ([, given, value, expected = ""]) => {
    const { env, problems } = readFiles(given, SECRETS, (path) => {
      if (path === "/good") return "canary\n"
      if (path === "/empty") return "\n"
      throw new Error(`${path} is missing`)
    })
    assert.strictEqual(env["SAIL_ACCESS_TOKEN"] ?? env["SAIL_CLIENT_SECRET"], value)
    assert.lengthOf(problems, expected === "" ? 0 : 1)
    for (const { fix, problem, variable } of problems) {
      assert.property(given, variable)
      assert.include(`${problem} ${fix}`, expected)
    }
    assert.notInclude(JSON.stringify(problems), "canary")
  })
})

describe("nameVariables", () => {
  const texts = [
    ["baseUrl, apiVersion, clientId", "SAIL_BASE_URL, SAIL_API_VERSION, SAIL_CLIENT_ID"],
    ["allowedHosts, requestBudget", "SAIL_ALLOWED_HOSTS, SAIL_REQUEST_BUDGET"],
    ["clientSecret and accessToken.", "SAIL_CLIENT_SECRET and SAIL_ACCESS_TOKEN."],
    ["baseUrls, abaseUrl and the sourceId stay.", "baseUrls, abaseUrl and the sourceId stay."]
  ] as const

  it.each(texts)("the options in the text %s become variables", (given, expected) => {
    assert.strictEqual(Settings.nameVariables(given), expected)
  })
})

describe("a placeholder", () => {
  const required = ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"]
  it.effect.each(placeholders)("the placeholder %s in a required variable is reported", (value) =>
    Effect.gen(function* () {
      const problems = yield* problemsIn(Object.fromEntries(required.map((name) => [name, value])))
      assert.deepStrictEqual(
        problems.map(({ problem }) => problem),
        required.map((name) => `${name} is not filled in: its value is still a placeholder.`)
      )
    })
  )

  it.effect.each(placeholders)("the placeholder %s in an optional variable counts as unset", (value) =>
    Effect.gen(function* () {
      const optional = ["SAIL_ACCESS_TOKEN", "SAIL_API_VERSION", "SAIL_ALLOWED_HOSTS", "SAIL_REQUEST_BUDGET"]
      const unset = Object.fromEntries(optional.map((name) => [name, value]))
      assert.deepStrictEqual(yield* read({ ...complete, ...unset }), yield* read(complete))
      const token = { ...BASE, SAIL_ACCESS_TOKEN: "canary-token" }
      assert.deepStrictEqual(
        yield* read({ ...token, SAIL_CLIENT_ID: value, SAIL_CLIENT_SECRET: value }),
        yield* read(token)
      )
    })
  )

  it.effect.each(real)("the value %s is not a placeholder", (value) =>
    Effect.gen(function* () {
      const { auth } = yield* read({ ...complete, SAIL_CLIENT_SECRET: value })
      assert.strictEqual("clientSecret" in auth && valueOf(auth.clientSecret), value)
    })
  )
})
