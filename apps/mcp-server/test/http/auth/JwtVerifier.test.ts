import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import type * as Scope from "effect/Scope"
import { createServer } from "node:http"
import { vi } from "vitest"
import * as JwtVerifier from "../../../src/http/auth/JwtVerifier.ts"
import * as Issuer from "../../support/Issuer.ts"
import * as Loopback from "../../support/Loopback.ts"

/** Sets the clock of `jose`, which is not Effect's. The network keeps the real time. */
const at = (millis: number) => Effect.sync(() => vi.setSystemTime(millis))

/** Stops the time of day, and lets the monotonic clock follow it. */
const stoppedClock = Effect.acquireRelease(
  Effect.sync(() => {
    vi.useFakeTimers({ toFake: ["Date"] })
    return vi.spyOn(process.hrtime, "bigint").mockImplementation(() => BigInt(Date.now()) * 1_000_000n)
  }),
  (monotonic) =>
    Effect.sync(() => {
      monotonic.mockRestore()
      vi.useRealTimers()
    })
)

/** The verification of a token, its subject or "refused", and the lines of the log. */
const verifier = (issuer: Pick<Issuer.Issuer, "url">) =>
  Effect.gen(function* () {
    const logged: Array<string> = []
    const logger = Logger.make(({ message }) => void logged.push(String(message)))
    const { verifyAccessToken } = yield* JwtVerifier.makeVerifier({
      _tag: "OAuth",
      issuer: issuer.url,
      audience: Issuer.AUDIENCE,
      scopes: [],
      resource: Issuer.AUDIENCE,
      publicUrl: new URL(Issuer.AUDIENCE)
    }).pipe(Effect.provide(Logger.layer([logger])))
    const verify = (token: string) => Effect.tryPromise(() => verifyAccessToken(token))
    const check = (token: string) =>
      Effect.match(verify(token), {
        onSuccess: ({ caller }) => caller.subject,
        onFailure: () => "refused"
      })
    return { check, logged, verify }
  })

const keyRequests = ({ asked }: Issuer.Issuer) => asked.filter((path) => path === "/keys").length

/** RFC 8414, section 3.1, and OpenID Connect Discovery 1.0, section 4. */
const documents = [
  "/.well-known/oauth-authorization-server/tenant",
  "/tenant/.well-known/openid-configuration"
].map((document) => ({ path: "/tenant", document }))

const algorithms = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"
  .split(" ")
  .map((algorithm) => ({ algorithm }))

/** An issuer whose keys are at this path of another issuer. */
const keysAt = (path: string) =>
  Effect.flatMap(Issuer.start(), ({ url }) => Issuer.start({ keysAt: `${url}${path}` }))

/** Issuers whose keys cannot be used, each with the reason in the log. */
const unusable: ReadonlyArray<readonly [string, Effect.Effect<Issuer.Issuer, never, Scope.Scope>, string]> = [
  [
    "has a jwks_uri without TLS",
    Issuer.start({ keysAt: "http://issuer.invalid/keys" }),
    "names a jwks_uri that is not an https URL"
  ],
  ["has a jwks_uri that is not a URL", Issuer.start({ keysAt: "keys" }), "that is not an https URL"],
  ["fails", Effect.tap(Issuer.start(), ({ setAway }) => setAway(true)), "answered 500"],
  ["redirects to its metadata", Issuer.start({ redirects: true }), "(fetch failed)"],
  ["has no keys", keysAt("/nothing"), "(Expected 200 OK from the JSON Web Key Set HTTP response)"],
  [
    "has other JSON than keys",
    keysAt("/.well-known/oauth-authorization-server"),
    "(JSON Web Key Set malformed)"
  ],
  ["cannot be reached", Effect.scoped(Issuer.start()), "(fetch failed: ECONNREFUSED)"],
  [
    "has another name in its metadata",
    Effect.map(Issuer.start({ path: "/tenant" }), (issuer) => ({
      ...issuer,
      url: new URL(issuer.url).origin
    })),
    "describes another issuer"
  ]
]

/** Claims, and the caller and scopes that they mean. */
const callers: ReadonlyArray<
  readonly [claims: object, subject: string | undefined, clientId: string | undefined, scopes: string]
> = [
  [{}, "alice", undefined, ""],
  [{ sub: "", client_id: "", azp: "b", scope: "" }, undefined, "b", ""],
  [{ sub: 5, client_id: "a", azp: "b", scope: "x y", scp: ["z", 5, ""] }, undefined, "a", "x y z"]
]

describe("the tokens of an issuer", () => {
  it.live.each(callers)(
    "the claims %j name the caller %s with the client %s",
    ([claims, subject, clientId, scopes]) =>
      Effect.gen(function* () {
        const issuer = yield* Issuer.start()
        const { verify } = yield* verifier(issuer)
        const verified = yield* verify(yield* issuer.token({ ...claims, exp: 2e9 }))
        const expected = { token: "", clientId: "", expiresAt: 2e9 + 30, caller: { subject, clientId } }
        assert.deepStrictEqual({ ...verified, scopes: verified.scopes.join(" ") }, { ...expected, scopes })
      })
  )

  it.live(
    "a clock difference of up to 30 seconds is accepted, and a token without an expiry is refused",
    () =>
      Effect.gen(function* () {
        yield* stoppedClock
        const now = Math.floor(Date.now() / 1000)
        const issuer = yield* Issuer.start()
        const { check } = yield* verifier(issuer)
        for (const claims of [{ exp: now - 29 }, { nbf: now + 30 }]) {
          assert.strictEqual(yield* check(yield* issuer.token(claims)), "alice")
        }
        for (const claims of [{ exp: now - 30 }, { nbf: now + 31 }, { exp: undefined }]) {
          assert.strictEqual(yield* check(yield* issuer.token(claims)), "refused")
        }
      })
  )

  it.live("tokens are refused if their issuer does not answer within five seconds", () =>
    Effect.gen(function* () {
      const timeout = AbortSignal.timeout.bind(AbortSignal)
      const limited = yield* Effect.acquireRelease(
        Effect.sync(() =>
          vi.spyOn(AbortSignal, "timeout").mockImplementation((millis) => timeout(millis / 100))
        ),
        (spy) => Effect.sync(() => spy.mockRestore())
      )
      const silent = yield* Loopback.listen(createServer(() => undefined))
      const { check, logged } = yield* verifier({ url: `http://${silent}` })
      assert.strictEqual(yield* check("a token"), "refused")
      assert.include(logged.join(), "(The operation was aborted due to timeout)")
      assert.deepStrictEqual(limited.mock.calls, [[5_000], [5_000]])
    })
  )

  it.live.each([...documents, ...algorithms])(
    "tokens are verified with the keys of an issuer with %o",
    (options) =>
      Effect.gen(function* () {
        const issuer = yield* Issuer.start(options)
        const { check } = yield* verifier(issuer)
        assert.strictEqual(yield* check(yield* issuer.token()), "alice")
      })
  )

  it.live(
    "tokens of a new key are accepted 5 s after the last request for keys, and those of the old key refused",
    () =>
      Effect.gen(function* () {
        yield* stoppedClock
        const start = Date.now()
        const issuer = yield* Issuer.start()
        const { check } = yield* verifier(issuer)
        const old = yield* issuer.token()
        assert.strictEqual(yield* check(old), "alice")
        yield* issuer.rotate
        const fresh = yield* issuer.token()
        yield* at(start + 4_999)
        for (let i = 0; i < 20; i++) assert.strictEqual(yield* check(fresh), "refused")
        assert.strictEqual(keyRequests(issuer), 1)
        yield* at(start + 5_000)
        assert.strictEqual(yield* check(fresh), "alice")
        for (let i = 0; i < 20; i++) assert.strictEqual(yield* check(old), "refused")
        assert.strictEqual(keyRequests(issuer), 2)
      })
  )

  it.live.each(unusable)("tokens are refused and the reason logged if the issuer %s", ([, started, says]) =>
    Effect.gen(function* () {
      const issuer = yield* started
      const { check, logged } = yield* verifier(issuer)
      assert.strictEqual(yield* check(yield* issuer.token()), "refused")
      assert.include(logged.join(), says)
    })
  )

  it.live(
    "known keys are used for ten minutes while the issuer is down, and the log says when it goes and is back",
    () =>
      Effect.gen(function* () {
        yield* stoppedClock
        const start = Date.now()
        const issuer = yield* Issuer.start()
        const { check, logged } = yield* verifier(issuer)
        const token = yield* issuer.token({ exp: start / 1000 + 3600 })
        assert.strictEqual(yield* check(token), "alice")
        yield* issuer.setAway(true)
        yield* at(start + 599_000)
        assert.strictEqual(yield* check(token), "alice")
        for (const seconds of [601, 606, 611]) {
          yield* at(start + seconds * 1_000)
          assert.strictEqual(yield* check(token), "refused")
        }
        yield* issuer.setAway(false)
        yield* at(start + 616_000)
        assert.strictEqual(yield* check(token), "alice")
        assert.lengthOf(logged, 2)
        assert.match(String(logged[0]), /^The keys of MCP_OAUTH_ISSUER cannot be fetched \(Expected 200 OK/u)
        assert.strictEqual(logged[1], "The keys of MCP_OAUTH_ISSUER are available again.")
      })
  )
})
