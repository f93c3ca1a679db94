import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readFiles } from "../src/internal/secretFiles.ts"
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
      assert.strictEqual(settings.auth.clientId, "id")
      assert.strictEqual(valueOf(settings.auth.clientSecret), "canary-secret")
      assert.notInclude(JSON.stringify(settings), "canary-secret")
      const { auth } = yield* read({ ...BASE, SAIL_ACCESS_TOKEN: "canary-token" })
      assert.isTrue("accessToken" in auth && valueOf(auth.accessToken) === "canary-token")
    })
  )

  it.effect("read accepts a host of SAIL_ALLOWED_HOSTS", () =>
    Effect.gen(function* () {
      const SAIL_BASE_URL = "https://id.acme.example"
      const allowed = { SAIL_ALLOWED_HOSTS: "other.example, HTTPS://ID.ACME.EXAMPLE/" }
      assert.strictEqual((yield* read({ ...complete, ...allowed, SAIL_BASE_URL })).baseUrl, SAIL_BASE_URL)
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

  const budgets: ReadonlyArray<readonly [string, unknown]> = [
    ["50", { requests: 50, per: 10_000 }],
    [" 5 per 1 minute ", { requests: 5, per: 60_000 }],
    ["20 per 500 millis", { requests: 20, per: 500 }]
  ]

  it.effect.each(budgets)("read returns the rate limit %j", ([SAIL_REQUEST_BUDGET, expected]) =>
    Effect.gen(function* () {
      const { requestBudget } = yield* read({ ...complete, SAIL_REQUEST_BUDGET })
      assert.deepStrictEqual(
        { ...requestBudget, per: Duration.toMillis(Duration.fromInputUnsafe(requestBudget?.per ?? 0)) },
        expected
      )
    })
  )

  const wrong: ReadonlyArray<readonly [string, Env, problem: string, fix: string]> = [
    ["an empty base URL", { SAIL_BASE_URL: "  " }, "SAIL_BASE_URL is not set.", "your tenant's API host"],
    [
      "a government host",
      { SAIL_BASE_URL: "https://acme.api.identitynowgov.com" },
      "not one of SailPoint's API hosts",
      'set SAIL_ALLOWED_HOSTS to "acme.api.identitynowgov.com".'
    ],
    [
      "a host with a port, while others are allowed",
      { SAIL_BASE_URL: "https://evil.example:8443", SAIL_ALLOWED_HOSTS: "a.example,b.example" },
      "not one of SailPoint's API hosts",
      'set SAIL_ALLOWED_HOSTS to "a.example,b.example,evil.example:8443".'
    ],
    ["a version in another case", { SAIL_API_VERSION: "V2024" }, 'is "V2024".', "one of v2024"],
    ["a version of 10,000 characters", { SAIL_API_VERSION: "v".repeat(10_000) }, 'is "vvv', "one of v2024"],
    ["a version that clears the screen", { SAIL_API_VERSION: "\u001B[2Jv3" }, 'is "v3".', "one of v2024"],
    ["a malformed limit", { SAIL_REQUEST_BUDGET: "50/10s" }, 'is "50/10s".', "50 per 10 seconds"],
    ["a limit of 0", { SAIL_REQUEST_BUDGET: "0" }, 'is "0".', "at least 1"],
    ["no secret", { SAIL_CLIENT_SECRET: undefined }, "SECRET is not set.", "the client secret of"],
    ["no client ID", { SAIL_CLIENT_ID: undefined }, "SAIL_CLIENT_ID is not set.", "the client ID of"],
    ["a token and credentials", { SAIL_ACCESS_TOKEN: "canary" }, "is set together with", "Keep one of the"]
  ]

  it.effect.each(wrong)("read reports %s with the problem and a fix", ([, change, problem, fix]) =>
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

  it.effect.each(["SAIL_COUNT_RECORDS", "SAIL_AUDIT_EVENTS"] as const)(
    "read switches %s on if it is true",
    (name) =>
      Effect.gen(function* () {
        const key = name === "SAIL_COUNT_RECORDS" ? "countRecords" : "auditEvents"
        for (const value of ["true", " false ", ""]) {
          assert.strictEqual((yield* read({ ...complete, [name]: value }))[key], value === "true")
        }
        const problems = yield* problemsIn({ ...complete, [name]: "yes" })
        assert.deepStrictEqual(
          problems.map(({ variable }) => variable),
          [name]
        )
      })
  )

  it.effect("read reports all missing and wrong variables together", () =>
    Effect.gen(function* () {
      const env = { SAIL_API_VERSION: "v9", SAIL_REQUEST_BUDGET: "many" }
      const error = yield* Effect.flip(read(env))
      const problems = error._tag === "InvalidSettings" ? error.problems : []
      assert.sameMembers(
        problems.map(({ variable }) => variable),
        ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET", "SAIL_API_VERSION", "SAIL_REQUEST_BUDGET"]
      )
      for (const { fix, problem } of problems) assert.include(error.message, `${problem} ${fix}`)
    })
  )
})

const files: ReadonlyArray<readonly [string, Env, value: string | undefined, problem: string | undefined]> = [
  ["whose file has a line", { SECRET_FILE: " /good " }, "canary", undefined],
  ["without a file", { SECRET: "set" }, "set", undefined],
  ["whose file is still a placeholder", { SECRET: "set", SECRET_FILE: "${secret.file}" }, "set", undefined],
  ["whose file is empty", { SECRET_FILE: "/empty" }, "", "The file that SECRET_FILE names is empty."],
  [
    "whose file is missing",
    { SECRET_FILE: "canary" },
    undefined,
    "The file that SECRET_FILE names cannot be read."
  ],
  [
    "that is set twice",
    { SECRET: "canary", SECRET_FILE: "/good" },
    "canary",
    "SECRET and SECRET_FILE are both set."
  ]
]

describe("a variable", () => {
  it.each(files)("a variable %s is read, or its problem is named", (_, given, value, problem) => {
    const { env, problems } = readFiles(given, ["SECRET"], (path) => {
      if (path === "/good") return "canary\n"
      if (path === "/empty") return "\n"
      throw new Error(`${path} is missing`)
    })
    assert.strictEqual(env["SECRET"], value)
    assert.deepStrictEqual(
      problems.map(({ problem, variable }) => [variable, problem]),
      problem === undefined ? [] : [["SECRET_FILE", problem]]
    )
    assert.notInclude(JSON.stringify(problems), "canary")
  })
})

describe("nameVariables", () => {
  const texts = [
    ["baseUrl, apiVersion, clientId", "SAIL_BASE_URL, SAIL_API_VERSION, SAIL_CLIENT_ID"],
    ["clientSecret and accessToken.", "SAIL_CLIENT_SECRET and SAIL_ACCESS_TOKEN."],
    ["baseUrls and the sourceId stay.", "baseUrls and the sourceId stay."]
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

  const hosts = ["https://{tenant}.api.identitynow.com", "https://your-tenant.api.identitynow-demo.com"]

  it.effect.each(hosts)("a placeholder instead of the tenant in %s is reported", (SAIL_BASE_URL) =>
    Effect.map(problemsIn({ ...complete, SAIL_BASE_URL }), ([problem]) =>
      assert.include(problem?.problem, "SAIL_BASE_URL is not filled in")
    )
  )

  it.effect("a placeholder for an access token is reported if there are no other credentials", () =>
    Effect.map(problemsIn({ ...BASE, SAIL_ACCESS_TOKEN: "${TOKEN}" }), (problems) =>
      assert.deepStrictEqual(
        problems.map(({ problem }) => problem),
        ["SAIL_ACCESS_TOKEN is not filled in: its value is still a placeholder."]
      )
    )
  )

  it.effect.each(real)("the value %s is not a placeholder", (value) =>
    Effect.gen(function* () {
      const { auth } = yield* read({ ...complete, SAIL_CLIENT_SECRET: value })
      assert.strictEqual("clientSecret" in auth && valueOf(auth.clientSecret), value)
    })
  )
})
