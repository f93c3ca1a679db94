/** What is put into Redis; that processes share it is shown with a real one, by the servers' tests. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Seal from "../src/internal/seal.ts"
import * as SharedToken from "../src/SharedToken.ts"
import { failure, replicas } from "./support/fakeRedis.ts"

const secret = Redacted.make("the secret")
const revealed = Option.map((text: Redacted.Redacted<string>) => Redacted.value(text))

describe("a sealed token", () => {
  it.effect.prop(
    "is opened by who knows the secret, for the same owner, and by nobody else",
    [Schema.String],
    ([drawn]) =>
      Effect.gen(function* () {
        // Half a surrogate pair is no text.
        const text = drawn.toWellFormed()
        const mine = yield* Seal.make(secret, "owner")
        const again = yield* Seal.make(secret, "owner")
        const others = [
          yield* Seal.make(Redacted.make("another secret"), "owner"),
          yield* Seal.make(secret, "another owner")
        ]
        const sealed = yield* mine.seal(Redacted.make(text))
        assert.deepStrictEqual(revealed(yield* again.open(sealed)), Option.some(text))
        assert.strictEqual(again.name, mine.name)
        for (const other of others) {
          assert.deepStrictEqual(yield* other.open(sealed), Option.none())
          assert.notStrictEqual(other.name, mine.name)
        }
      })
  )

  it.effect("is different each time, and its fingerprint the same", () =>
    Effect.gen(function* () {
      const { fingerprint, seal } = yield* Seal.make(secret, "owner")
      const token = Redacted.make("the token")
      assert.notStrictEqual(yield* seal(token), yield* seal(token))
      assert.strictEqual(yield* fingerprint(token), yield* fingerprint(token))
      assert.notStrictEqual(yield* fingerprint(token), yield* fingerprint(secret))
    })
  )

  it.effect("cannot be changed, cut short or made up", () =>
    Effect.gen(function* () {
      const { open, seal } = yield* Seal.make(secret, "owner")
      const sealed = yield* seal(Redacted.make("the token"))
      const changed = `${sealed.startsWith("A") ? "B" : "A"}${sealed.slice(1)}`
      for (const text of [changed, sealed.slice(0, -4), sealed.slice(0, 8), "", "!", "A"]) {
        assert.deepStrictEqual(yield* open(text), Option.none())
      }
    })
  )
})

describe("SharedToken", () => {
  it.effect("without Redis each process fetches its own", () =>
    Effect.gen(function* () {
      const { share } = yield* SharedToken.make
      const grant = { token: Redacted.make("own"), keepFor: Duration.seconds(600) }
      const owner = { origin: "https://acme.api.identitynow.com", clientId: "id", clientSecret: secret }
      assert.strictEqual((yield* share(owner, undefined, Effect.succeed(grant))).token, grant.token)
      assert.strictEqual(yield* Effect.flip(share(owner, undefined, Effect.fail("no"))), "no")
    }).pipe(Effect.provide(replicas(() => failure("refused"))))
  )
})
