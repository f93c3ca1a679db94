import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Tenant from "../src/internal/tenant.ts"

describe("Tenant", () => {
  const accepted: ReadonlyArray<
    readonly [baseUrl: string | URL, origin: string, allowedHosts?: ReadonlyArray<string>]
  > = [
    [new URL("https://acme.api.identitynow.com/"), "https://acme.api.identitynow.com"],
    ["  https://acme.api.identitynow.com\r\n", "https://acme.api.identitynow.com"],
    ["https://acme.api.identitynow.com\0", "https://acme.api.identitynow.com"],
    ["https://\uFF41cme.api.identitynow.com", "https://acme.api.identitynow.com"],
    ["http://127.1:4000", "http://127.0.0.1:4000"],
    ["https://ACME.api.IdentityNow.com", "https://acme.api.identitynow.com"],
    ["https://acme.api.identitynow-demo.com", "https://acme.api.identitynow-demo.com"],
    ["https://acme.api.cloud.sailpoint.com", "https://acme.api.cloud.sailpoint.com"],
    ["http://localhost:4000", "http://localhost:4000"],
    ["http://[::1]:4000", "http://[::1]:4000"],
    ["https://id.acme.example", "https://id.acme.example", ["x.example", " https://ID.acme.example/ "]],
    ["https://id.acme.example:8443", "https://id.acme.example:8443", ["id.acme.example:8443"]]
  ]

  it.effect.each(accepted)("the base URL %j is accepted", ([baseUrl, origin, allowedHosts]) =>
    Effect.gen(function* () {
      const tenant = yield* Tenant.make({ baseUrl, allowedHosts })
      assert.strictEqual(tenant.origin, origin)
    })
  )

  const refused: ReadonlyArray<readonly [baseUrl: string, says: string]> = [
    ["", "is not a URL"],
    ["acme.api.identitynow.com", "https://{tenant}.api.identitynow.com"],
    ["acme.api.identitynow.com:443", "is not a URL"],
    ["https://acme.identitynow.com", "Give its API host: https://acme.api.identitynow.com"],
    ["http://acme.api.identitynow.com", "unencrypted to acme.api.identitynow.com. Use https."],
    ["ftp://acme.api.identitynow.com", "not a supported scheme. Give https://{tenant}.api.identitynow.com."],
    ["https://acme.api.identitynow.com/v2024", "Give https://acme.api.identitynow.com alone"],
    ["https://acme.api.identitynow.com?x=1", "more than a host"],
    ["https://acme.api.identitynow.com#x", "more than a host"],
    ["https://evil.example:8443", 'allowedHosts: ["evil.example:8443"]'],
    ["https://acme.api.identitynowgov.com", 'allowedHosts: ["acme.api.identitynowgov.com"]'],
    ["https://acme.api.identitynow.com.evil.example", "not one of SailPoint's API hosts"],
    ["https://acme.cloud.sailpoint.com", "not one of SailPoint's API hosts"],
    ["https://xapi.identitynow.com.", "not one of SailPoint's API hosts"],
    ["http://127.0.0.1.evil.example", "Use https"],
    ["http://evil-localhost", "Use https"],
    ["https://user@acme.api.identitynow.com", "a user name or a password"],
    ["http://0.0.0.0", "Use https"],
    ["http://169.254.169.254", "Use https"],
    ["http://[::ffff:127.0.0.1]", "Use https"],
    ["https://evil.example\\.api.identitynow.com", "more than a host"],
    ["https://acme.api.identitynow.com%00.evil.example", "is not a URL"],
    ["https://api.identitynow.com", "identitynow.com"],
    ["https://acme.evil.api.identitynow.com", "not one of SailPoint's API hosts"],
    ["https://acmeapi.identitynow.com", "Give its API host: https://acmeapi.api.identitynow.com"],
    ["https://acme.\u0430pi.identitynow.com", "not one of SailPoint's API hosts"],
    ["https://acme.api.identitynow.com\u200b.evil.example", "not one of SailPoint's API hosts"],
    ["javascript:alert(1)", "is not a URL"],
    [`https://${"a.".repeat(120)}example`, "not one of SailPoint's API hosts"],
    [`https://${"a".repeat(10_000)}.example`, "is not a URL"],
    [`https://${"a.".repeat(123)}example`, "not one of SailPoint's API hosts"],
    [`https://${"a.".repeat(123)}examples`, "is not a URL"],
    [`https://acme.api.identitynow.com/${"a".repeat(10_000)}`, "more than a host"],
    ["x".repeat(10_000), `"${"x".repeat(79)}…" is not a URL`],
    ["https://\u001B[31mred\u202E", "is not a URL"]
  ]

  it.effect.each(refused)("the base URL %j is refused with a fix", ([baseUrl, says]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Tenant.make({ baseUrl }))
      assert.strictEqual(error._tag, "InvalidBaseUrl")
      assert.include(error.message, says)
      assert.isAtMost(error.message.length, 600)
      assert.notMatch(error.message, /SAIL_/u)
      assert.notMatch(error.message, /[\p{Cc}\p{Cf}]/u)
    })
  )

  it.effect("a refused host is accepted once it is allowed as the error suggests", () =>
    Effect.gen(function* () {
      const baseUrl = "https://acme.api.identitynowgov.com:8443"
      const { refusedHost = "" } = yield* Effect.flip(Tenant.make({ baseUrl }))
      const { origin } = yield* Tenant.make({ baseUrl, allowedHosts: [refusedHost] })
      assert.strictEqual(origin, baseUrl)
    })
  )

  it.effect("a slash inside an allowed host allows no other host", () =>
    Effect.gen(function* () {
      const allowedHosts = ["evil/.example"]
      const error = yield* Effect.flip(Tenant.make({ baseUrl: "https://evil.example", allowedHosts }))
      assert.strictEqual(error.refusedHost, "evil.example")
    })
  )

  const noTexts = [undefined, 443, Symbol("host"), { host: "acme" }, Object.create(null)]

  it.effect("a base URL that is not text is refused", () =>
    Effect.gen(function* () {
      for (const baseUrl of noTexts) {
        assert.include((yield* Effect.flip(Tenant.make({ baseUrl }))).message, "is not a URL")
      }
    })
  )

  const withPassword = [
    "https://:hunter2@acme.api.identitynow.com",
    "https://user:hunter2@acme.api.identitynow.com",
    "user:hunter2@acme.api.identitynow.com",
    "https://user:hunter2@acme api.identitynow.com",
    "https://user:hunter2@x@acme.api.identitynow.com"
  ]

  it.effect.each(withPassword)(
    "the error for a URL with a password does not show the password: %s",
    (baseUrl) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Tenant.make({ baseUrl }))
        assert.notInclude(error.message, "hunter2")
      })
  )
})
