import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { vi } from "vitest"
import * as JwtVerifier from "../../../src/http/auth/JwtVerifier.ts"
import * as Issuer from "../../support/Issuer.ts"

/** The clock of what checks the tokens, which is not Effect's; the network goes on as always. */
const at = (millis: number) => Effect.sync(() => vi.setSystemTime(millis))

const stoppedClock = Effect.acquireRelease(
  Effect.sync(() => vi.useFakeTimers({ toFake: ["Date"] })),
  () => Effect.sync(() => vi.useRealTimers())
)

const verifier = (issuer: Issuer.Issuer) =>
  Effect.map(
    JwtVerifier.makeVerifier({
      _tag: "OAuth",
      issuer: issuer.url,
      audience: Issuer.AUDIENCE,
      scopes: [],
      resource: Issuer.AUDIENCE,
      publicUrl: new URL(Issuer.AUDIENCE)
    }),
    ({ verifyAccessToken }) =>
      (token: string) =>
        Effect.match(
          Effect.tryPromise(() => verifyAccessToken(token)),
          { onSuccess: ({ caller }) => caller.subject, onFailure: () => "refused" }
        )
  )

const keysAsked = ({ asked }: Issuer.Issuer) => asked.filter((path) => path === "/keys").length

describe("the tokens of an issuer", () => {
  it.live("that signs with a new key are good a few seconds later, and those of the old key no more", () =>
    Effect.gen(function* () {
      yield* stoppedClock
      const start = Date.now()
      const issuer = yield* Issuer.start()
      const check = yield* verifier(issuer)
      const old = yield* issuer.token()
      assert.strictEqual(yield* check(old), "alice")
      yield* issuer.rotate
      const fresh = yield* issuer.token()
      yield* at(start + 6_000)
      assert.strictEqual(yield* check(fresh), "alice")
      assert.strictEqual(yield* check(old), "refused")
      assert.strictEqual(keysAsked(issuer), 2)
    })
  )

  it.live("that name unknown keys do not each cause a request to it", () =>
    Effect.gen(function* () {
      yield* stoppedClock
      const issuer = yield* Issuer.start()
      const check = yield* verifier(issuer)
      const unknown = yield* (yield* Issuer.start()).token({ iss: issuer.url })
      for (let i = 0; i < 20; i++) assert.strictEqual(yield* check(unknown), "refused")
      assert.strictEqual(keysAsked(issuer), 1)
    })
  )

  it.live("are checked with the keys that are known while it is away, for ten minutes", () =>
    Effect.gen(function* () {
      yield* stoppedClock
      const start = Date.now()
      const issuer = yield* Issuer.start()
      const check = yield* verifier(issuer)
      const token = yield* issuer.token({ exp: start / 1000 + 3600 })
      assert.strictEqual(yield* check(token), "alice")
      yield* issuer.setAway(true)
      yield* at(start + 599_000)
      assert.strictEqual(yield* check(token), "alice")
      yield* at(start + 601_000)
      assert.strictEqual(yield* check(token), "refused")
    }).pipe(Effect.provide(Logger.layer([])))
  )

  it.live("are not checked with keys from an unencrypted URL", () =>
    Effect.gen(function* () {
      const told: Array<unknown> = []
      const logger = Logger.make(({ message }) => void told.push(String(message)))
      const issuer = yield* Issuer.start({ keysAt: "http://issuer.invalid/keys" })
      const check = yield* verifier(issuer).pipe(Effect.provide(Logger.layer([logger])))
      assert.strictEqual(yield* check(yield* issuer.token()), "refused")
      assert.include(told.join(), "names a jwks_uri that is not an https URL")
    })
  )

  it.live("are refused with the reason in the log when its host cannot be reached", () =>
    Effect.gen(function* () {
      const told: Array<unknown> = []
      const logger = Logger.make(({ message }) => void told.push(String(message)))
      const gone = yield* Effect.scoped(Issuer.start())
      const check = yield* verifier(gone).pipe(Effect.provide(Logger.layer([logger])))
      assert.strictEqual(yield* check(yield* gone.token()), "refused")
      assert.include(told.join(), "(fetch failed: ECONNREFUSED)")
    })
  )

  it.live("that come while it is away cause one line in the log, and one when it is back", () =>
    Effect.gen(function* () {
      const told: Array<unknown> = []
      const logger = Logger.make(({ message }) => void told.push(String(message)))
      yield* stoppedClock
      const start = Date.now()
      const issuer = yield* Issuer.start()
      const check = yield* verifier(issuer).pipe(Effect.provide(Logger.layer([logger])))
      const token = yield* issuer.token()
      yield* issuer.setAway(true)
      for (let i = 0; i < 3; i++) {
        yield* at(start + i * 10_000)
        assert.strictEqual(yield* check(token), "refused")
      }
      yield* issuer.setAway(false)
      yield* at(start + 40_000)
      assert.strictEqual(yield* check(token), "alice")
      assert.lengthOf(told, 2)
      assert.match(String(told[0]), /^The keys of MCP_OAUTH_ISSUER cannot be fetched \(.*answered 500\)/u)
      assert.strictEqual(told[1], "The keys of MCP_OAUTH_ISSUER are available again.")
    })
  )
})
