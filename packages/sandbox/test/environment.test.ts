import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Client, Environment, Sandbox } from "@sailpoint-bulk-upload/sandbox"

describe("the environment of a client", () => {
  it.live("names a running sandbox and credentials that it takes", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.Sandbox
      const settings = yield* Config.all({
        url: Config.String("SAIL_BASE_URL"),
        id: Config.String("SAIL_CLIENT_ID"),
        secret: Config.String("SAIL_CLIENT_SECRET")
      })
      assert.strictEqual(settings.url, url)
      const response = yield* Effect.promise(() =>
        fetch(`${settings.url}/oauth/token`, {
          method: "POST",
          body: new URLSearchParams({
            grant_type: "client_credentials",
            client_id: settings.id,
            client_secret: settings.secret
          })
        })
      )
      assert.strictEqual(response.status, 200)
    }).pipe(Effect.provide(Environment.layer()))
  )

  it.live("hides what the process has, so that no real tenant is asked by mistake", () =>
    Effect.gen(function* () {
      const token = yield* Effect.option(Config.String("SAIL_ACCESS_TOKEN"))
      assert.strictEqual(token._tag, "None")
    }).pipe(
      Effect.provide(
        Environment.layer().pipe(
          Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ SAIL_ACCESS_TOKEN: "a-real-one" })))
        )
      )
    )
  )

  it("is that of another client when one is given", () => {
    const [, reader] = Client.seeded
    const sandbox = { url: "http://127.0.0.1:1", clients: Client.seeded }
    assert.strictEqual(Environment.variables(sandbox, reader).SAIL_CLIENT_ID, "sandbox-reader")
    assert.strictEqual(Environment.variables(sandbox).SAIL_CLIENT_ID, "sandbox")
  })
})
