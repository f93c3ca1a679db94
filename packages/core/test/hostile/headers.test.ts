/** Headers that are missing, wrong, repeated or malicious, with every HTTP client. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { getBulkUploadStatus } from "../../src/BulkUploads.ts"
import { transports } from "../support/tenant.ts"
import { outcome, outcomeOf } from "./support/outcome.ts"
import * as RawTenant from "./support/rawTenant.ts"
import { granting, service } from "./support/service.ts"
import * as wire from "./support/wire.ts"

const ask = getBulkUploadStatus(RawTenant.idOf(1))

type Pairs = ReadonlyArray<readonly [string, string]>
const twice = (a: string, b: string): Pairs => [
  ["retry-after", a],
  ["Retry-After", b]
]
const once = (value: string): Pairs => [["retry-after", value]]

/** An HTTP date, in seconds from now. */
const dateIn = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString()
const A_YEAR = 31_536_000
const A_MILLION_YEARS = 1e6 * A_YEAR

const retryAfters: ReadonlyArray<
  readonly [name: string, headers: Pairs, wait: "absent" | readonly [least: number, most: number]]
> = [
  ["is absent", [], "absent"],
  ["is 0", once("0"), [0, 0]],
  ["has spaces around", once("  5  "), [5, 5]],
  ["has leading zeros", once("0005"), [5, 5]],
  ["is a fraction", once("1.5"), [2, 2]],
  ["is a small fraction", once("0.001"), [1, 1]],
  ["has a sign", once("+5"), "absent"],
  ["is hexadecimal", once("0x10"), "absent"],
  ["has 400 digits", once("9".repeat(400)), [8.64e12, 8.64e12]],
  ["is Infinity", once("Infinity"), "absent"],
  ["is empty", once(""), "absent"],
  ["has a unit", once("5s"), "absent"],
  ["has digits of another script", once("\u00b2\u00b3"), "absent"],
  ["is a past date", once("Wed, 21 Oct 2015 07:28:00 GMT"), [0, 0]],
  ["is a future date", once(dateIn(3600)), [3500, 3600]],
  ["is a date in the year 9999", once("Fri, 31 Dec 9999 23:59:59 GMT"), [A_YEAR, A_MILLION_YEARS]],
  ["is a date that does not exist", once("Wed, 31 Feb 2026 07:28:00 GMT"), "absent"],
  ["is a date of ISO 8601", once("2026-10-21T07:28:00Z"), "absent"],
  ["appears twice with one value", twice("5", "5"), [5, 5]],
  ["appears twice, the longer wait first", twice("9", "5"), [9, 9]],
  ["is a list", once("5, 9"), [9, 9]],
  ["is a list with garbage", once("soon, 5"), [5, 5]],
  ["is a list of fractions", once("1.5, 2.5"), [3, 3]],
  ["is a fraction with a sign", once("+1.5"), "absent"],
  ["is a fraction with an exponent", once("1.5e1"), "absent"],
  ...Array.from({ length: 7 }, (_, day): (typeof retryAfters)[number] => {
    const date = new Date(Date.UTC(2015, 9, 18 + day)).toUTCString()
    return [`is a date and seconds, ${date.slice(0, 3)}`, once(`${date}, 5`), [5, 5]]
  })
]

const contentTypes: ReadonlyArray<ReadonlyArray<string>> = [
  [],
  [""],
  ["text/html"],
  [";;;=\u00ff"],
  ["application/json; charset=utf-16"],
  ["application/json; charset=klingon"],
  ["text/html", "application/json"],
  [`application/json; x=${"y".repeat(10_000)}`]
]

const locations: ReadonlyArray<readonly [string, (here: string, elsewhere: string) => string]> = [
  [
    "its own URL, in a loop",
    (here) => `${here}/v2024/non-employee-sources/${RawTenant.idOf(1)}/non-employee-bulk-upload/status`
  ],
  ["nothing", () => ""],
  ["another host", (_, elsewhere) => `${elsewhere}/steal`],
  ["another host without a scheme", (_, elsewhere) => elsewhere.replace("http:", "")],
  ["another host with a password", (_, elsewhere) => elsewhere.replace("//", "//user:password@")],
  ["a script", () => "javascript:alert(1)"],
  ["text that is not a URL", () => "http://[::zz"],
  ["10,000 characters", () => `/${"x".repeat(10_000)}`],
  ["control and format characters", () => "/a\u009b31m\u00ad"]
]
const redirects = [301, 302, 303, 307, 308, 300, 304].flatMap((status) =>
  locations.map(([name, to]) => [status, name, to] as const)
)

describe.each(transports)("over %s", (_, transport) => {
  /** Makes a call whose status request gets this answer. */
  const asked = (answer: RawTenant.Answer) =>
    Effect.gen(function* () {
      const tenant = yield* RawTenant.make(granting(answer))
      const exit = yield* Effect.exit(ask).pipe(Effect.provide(service(tenant.url, transport)))
      return { exit, tag: outcomeOf(exit) }
    })

  describe("a Retry-After", { concurrent: true, timeout: 60_000 }, () => {
    const cases = retryAfters.flatMap(([name, headers, wait]) =>
      [429, 503].map((status) => [name, status, headers, wait] as const)
    )
    it.live.each(cases)("a Retry-After that %s has the expected wait on a %d", ([, status, headers, wait]) =>
      Effect.gen(function* () {
        const { exit } = yield* asked(wire.answer(status, "", headers))
        const error = yield* Effect.flip(exit)
        assert(error._tag === "RateLimited" || error._tag === "ServerError")
        if (wait === "absent") return assert.isUndefined(error.retryAfter)
        const seconds = error.retryAfter === undefined ? NaN : Duration.toSeconds(error.retryAfter)
        assert.isAtLeast(seconds, wait[0])
        assert.isAtMost(seconds, wait[1])
      })
    )
  })

  it.live.each(contentTypes.map((values) => ({ values })))(
    "the content types $values do not change the status",
    ({ values }) =>
      Effect.gen(function* () {
        const headers = values.map((value) => ["content-type", value] as const)
        const { tag } = yield* asked(wire.answer(200, '{"status":"COMPLETED"}', headers))
        assert.strictEqual(tag, "COMPLETED")
      })
  )

  describe("a redirect", { concurrent: true, timeout: 60_000 }, () => {
    const calls = redirects.flatMap(([status, name, to]) =>
      (["status", "token"] as const).map((call) => [status, name, call, to] as const)
    )
    it.live.each(calls)("a %d to %s is reported, not followed, for the %s request", ([status, , call, to]) =>
      Effect.gen(function* () {
        const elsewhere = yield* RawTenant.make(wire.json(200, { status: "COMPLETED", access_token: "t" }))
        const tenant: RawTenant.RawTenant = yield* RawTenant.make((socket, request) => {
          const answer = wire.answer(status, "", { location: to(tenant.url, elsewhere.url) })
          ;(call === "token" ? answer : granting(answer))(socket, request)
        })
        const layer = service(tenant.url, transport)
        assert.strictEqual(yield* Effect.provide(outcome(ask), layer), "UnexpectedResponse")
        assert.strictEqual(tenant.requests.length, call === "token" ? 1 : 2)
        assert.strictEqual(elsewhere.connections().ever, 0)
      })
    )
  })
})
