import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Settings from "../src/Settings.ts"

const complete = {
  SAIL_BASE_URL: "https://acme.api.identitynow.com",
  SAIL_CLIENT_ID: "id",
  SAIL_CLIENT_SECRET: "canary-secret"
}

const read = (env: Record<string, string>) => Settings.options.parse(ConfigProvider.fromEnv({ env }))

describe("Settings", () => {
  it.effect("reads client credentials, and v2024 where no version is set", () =>
    Effect.gen(function* () {
      const options = yield* read(complete)
      assert.strictEqual(options.baseUrl, complete.SAIL_BASE_URL)
      assert.strictEqual(options.apiVersion, "v2024")
      assert.isTrue("clientId" in options.auth && options.auth.clientId === "id")
      assert.isTrue(
        "clientSecret" in options.auth && Redacted.value(options.auth.clientSecret) === "canary-secret"
      )
      assert.notInclude(JSON.stringify(options), "canary-secret")
    })
  )

  it.effect("reads an access token instead", () =>
    Effect.gen(function* () {
      const { auth } = yield* read({
        SAIL_BASE_URL: complete.SAIL_BASE_URL,
        SAIL_ACCESS_TOKEN: "canary-token"
      })
      assert.isTrue("accessToken" in auth && Redacted.value(auth.accessToken) === "canary-token")
    })
  )

  it.effect("reads the version and the hosts that are allowed", () =>
    Effect.gen(function* () {
      const options = yield* read({
        ...complete,
        SAIL_BASE_URL: "https://id.acme.example",
        SAIL_API_VERSION: "v1",
        SAIL_ALLOWED_HOSTS: "other.example, id.acme.example"
      })
      assert.strictEqual(options.apiVersion, "v1")
    })
  )

  const wrong: ReadonlyArray<readonly [string, Record<string, string | undefined>, says: string]> = [
    ["no base URL", { SAIL_BASE_URL: undefined }, "SAIL_BASE_URL is not set"],
    ["an empty base URL", { SAIL_BASE_URL: "  " }, "SAIL_BASE_URL is not set"],
    ["the UI's host", { SAIL_BASE_URL: "https://acme.identitynow.com" }, "https://acme.api.identitynow.com"],
    ["a host that is none of SailPoint's", { SAIL_BASE_URL: "https://evil.example" }, "SAIL_ALLOWED_HOSTS"],
    ["http", { SAIL_BASE_URL: "http://acme.api.identitynow.com" }, "use https"],
    ["a version in other case", { SAIL_API_VERSION: "V2024" }, 'SAIL_API_VERSION is "V2024"'],
    ["a version that is a path", { SAIL_API_VERSION: "../oauth" }, 'SAIL_API_VERSION is "../oauth"'],
    ["a version of 10,000 characters", { SAIL_API_VERSION: "v".repeat(10_000) }, "expected one of"],
    ["a version that clears the screen", { SAIL_API_VERSION: "\u001B[2Jv3" }, 'SAIL_API_VERSION is "v3"'],
    ["a version of every object", { SAIL_API_VERSION: "toString" }, 'SAIL_API_VERSION is "toString"'],
    ["an unknown version", { SAIL_API_VERSION: "v9" }, 'SAIL_API_VERSION is "v9"'],
    [
      "no credentials",
      { SAIL_CLIENT_ID: "", SAIL_CLIENT_SECRET: "" },
      "SAIL_CLIENT_ID and SAIL_CLIENT_SECRET"
    ],
    ["no secret", { SAIL_CLIENT_SECRET: undefined }, "SAIL_CLIENT_SECRET is not set"],
    ["no client id", { SAIL_CLIENT_ID: undefined }, "SAIL_CLIENT_ID is not set"],
    ["both ways at once", { SAIL_ACCESS_TOKEN: "canary-token" }, "keep one of the two ways"]
  ]

  it.effect.each(wrong)("says what is wrong with %s", ([, change, says]) =>
    Effect.gen(function* () {
      const env = Object.entries({ ...complete, ...change }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value] as const]
      )
      const error = yield* Effect.flip(read(Object.fromEntries(env)))
      assert.include(error.message, says)
      assert.notInclude(error.message, "canary")
      assert.isAtMost(error.message.length, 500)
      // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
      assert.notMatch(error.message, /\u001B/u)
    })
  )
})
