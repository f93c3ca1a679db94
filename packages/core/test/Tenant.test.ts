import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { SourceId } from "../src/SourceId.ts"
import * as Tenant from "../src/Tenant.ts"

const id = Schema.decodeSync(SourceId)("e136567de87e4d029e60b3c3c55db56d")

describe("Tenant", () => {
  const accepted: ReadonlyArray<
    readonly [baseUrl: string, origin: string, allowedHosts?: ReadonlyArray<string>]
  > = [
    ["https://acme.api.identitynow.com", "https://acme.api.identitynow.com"],
    ["https://acme.api.identitynow.com/", "https://acme.api.identitynow.com"],
    ["  https://acme.api.identitynow.com\r\n", "https://acme.api.identitynow.com"],
    ["https://acme.api.identitynow.com\0", "https://acme.api.identitynow.com"],
    ["https://acme.api.identitynow.com:443", "https://acme.api.identitynow.com"],
    ["https://\uFF41cme.api.identitynow.com", "https://acme.api.identitynow.com"],
    ["http://127.1:4000", "http://127.0.0.1:4000"],
    ["https://ACME.api.IdentityNow.com", "https://acme.api.identitynow.com"],
    ["https://acme.api.identitynow-demo.com", "https://acme.api.identitynow-demo.com"],
    ["http://127.0.0.1:4000", "http://127.0.0.1:4000"],
    ["http://localhost:4000", "http://localhost:4000"],
    ["http://[::1]:4000", "http://[::1]:4000"],
    ["https://id.acme.example", "https://id.acme.example", ["ID.acme.example"]],
    ["https://id.acme.example:8443", "https://id.acme.example:8443", ["id.acme.example:8443"]]
  ]

  it.effect.each(accepted)("accepts %j", ([baseUrl, origin, allowedHosts]) =>
    Effect.gen(function* () {
      const tenant = yield* Tenant.make({ baseUrl, allowedHosts })
      assert.strictEqual(tenant.origin, origin)
    })
  )

  const refused: ReadonlyArray<readonly [baseUrl: string, says: string]> = [
    ["", "is no URL"],
    ["acme.api.identitynow.com", "https://{tenant}.api.identitynow.com"],
    ["acme.api.identitynow.com:443", "is no URL"],
    ["https://acme.identitynow.com", "its API host is https://acme.api.identitynow.com"],
    ["https://acme.identitynow-demo.com", "https://acme.api.identitynow-demo.com"],
    ["http://acme.api.identitynow.com", "use https"],
    ["ftp://acme.api.identitynow.com", "no scheme that can be used"],
    ["https://acme.api.identitynow.com/v2024", "give https://acme.api.identitynow.com alone"],
    ["https://acme.api.identitynow.com?x=1", "more than a host"],
    ["https://acme.api.identitynow.com#x", "more than a host"],
    ["https://evil.example", "SAIL_ALLOWED_HOSTS"],
    ["https://acme.api.identitynow.com.evil.example", "SAIL_ALLOWED_HOSTS"],
    ["https://evil.example/acme.api.identitynow.com", "more than a host"],
    ["https://xapi.identitynow.com.", "not one of SailPoint's API hosts"],
    ["http://127.0.0.1.evil.example", "use https"],
    ["http://localhost.evil.example", "use https"],
    ["http://0.0.0.0", "use https"],
    ["http://169.254.169.254", "use https"],
    ["http://[::ffff:127.0.0.1]", "use https"],
    ["https://acme.api.identitynow.com//", "more than a host"],
    ["https://acme.api.identitynow.com/..%2f", "more than a host"],
    ["https://evil.example\\.api.identitynow.com", "more than a host"],
    ["https://acme.api.identitynow.com%00.evil.example", "is no URL"],
    ["https://acme.api.identitynow.com:0x50", "is no URL"],
    ["https://acme.api.identitynow.com:99999", "is no URL"],
    ["https://api.identitynow.com", "identitynow.com"],
    ["https://acme.evil.api.identitynow.com", "not one of SailPoint's API hosts"],
    ["https://acmeapi.identitynow.com", "its API host is https://acmeapi.api.identitynow.com"],
    ["https://acme.\u0430pi.identitynow.com", "not one of SailPoint's API hosts"],
    ["https://acme.api.identityn\u00f6w.com", "not one of SailPoint's API hosts"],
    ["https://acme.api.identitynow.com\u200b.evil.example", "not one of SailPoint's API hosts"],
    ["javascript:alert(1)", "is no URL"],
    ["file:///etc/passwd", "is no URL"],
    ["data:text/plain,x", "is no URL"],
    [`https://${"a".repeat(10_000)}.example`, "not one of SailPoint's API hosts"],
    [`https://acme.api.identitynow.com/${"a".repeat(10_000)}`, "more than a host"],
    ["x".repeat(10_000), "is no URL"],
    ["https://\u001B[31mred\u202E", "is no URL"]
  ]

  it.effect.each(refused)("refuses %j", ([baseUrl, says]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Tenant.make({ baseUrl }))
      assert.include(error.message, says)
      assert.isAtMost(error.message.length, 500)
      assert.notMatch(error.message, /[\p{Cc}\p{Cf}]/u)
    })
  )

  const noTexts: ReadonlyArray<readonly [string, unknown]> = [
    ["undefined", undefined],
    ["a number", 443],
    ["a symbol", Symbol("host")],
    ["an object", { host: "acme" }],
    ["an object without a prototype", Object.create(null)]
  ]

  it.effect.each(noTexts)("refuses %s, as a program without types may pass it", ([, baseUrl]) =>
    Effect.map(Effect.flip(Tenant.make({ baseUrl: baseUrl as string })), ({ message }) =>
      assert.include(message, "is no URL")
    )
  )

  const withPassword = [
    "https://user:hunter2@acme.api.identitynow.com",
    "user:hunter2@acme.api.identitynow.com",
    "https://user:hunter2@acme.api.identitynow.com:99999",
    "https://user:hunter2@acme api.identitynow.com",
    "https://user:hunter2@x@acme.api.identitynow.com"
  ]

  it.effect.each(withPassword)("a URL with a password is refused without showing it: %s", (baseUrl) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Tenant.make({ baseUrl }))
      assert.notInclude(error.message, "hunter2")
    })
  )

  const paths: Record<Tenant.ApiVersion, string> = {
    beta: `/beta/non-employee-sources/${id}/non-employee-bulk-upload/status`,
    v3: `/v3/non-employee-sources/${id}/non-employee-bulk-upload/status`,
    v2024: `/v2024/non-employee-sources/${id}/non-employee-bulk-upload/status`,
    v2025: `/v2025/non-employee-sources/${id}/non-employee-bulk-upload/status`,
    v2026: `/v2026/non-employee-sources/${id}/non-employee-bulk-upload/status`,
    v1: `/non-employee-sources/v1/${id}/non-employee-bulk-upload/status`
  }

  it.effect.each(Tenant.ApiVersion.literals)("knows the path of %s", (apiVersion) =>
    Effect.gen(function* () {
      const tenant = yield* Tenant.make({ baseUrl: "https://acme.api.identitynow.com", apiVersion })
      assert.strictEqual(Tenant.statusUrl(tenant, id), `https://acme.api.identitynow.com${paths[apiVersion]}`)
    })
  )

  it.effect("is v2024 unless another version is asked for", () =>
    Effect.map(Tenant.make({ baseUrl: "https://acme.api.identitynow.com" }), ({ apiVersion }) =>
      assert.strictEqual(apiVersion, "v2024")
    )
  )
})
