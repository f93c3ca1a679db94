import { assert, describe, it } from "@effect/vitest"
import * as Client from "@sailpoint-bulk-upload/sandbox/Client"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as RedisServer from "../support/RedisServer.ts"
import * as Replicas from "../support/replicas.ts"
import * as SecretFile from "../support/SecretFile.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const done = Source.named("Done").sourceId

/** Starts a server over HTTP that reads this client secret from a file, and repeats a call until it is stopped. */
const underLoad = (sandbox: Sandbox.Service, content: string) =>
  Effect.gen(function* () {
    const { path, write } = yield* SecretFile.make(content)
    const server = yield* HttpProcess.start(sandbox, {
      env: { SAIL_CLIENT_SECRET: "", SAIL_CLIENT_SECRET_FILE: path, MCP_MAX_PER_CALLER: "100000" }
    })
    const outcomes: Array<string> = []
    const body = JSON.stringify(JsonRpc.callStatus(1, done))
    const call = Effect.map(HttpProcess.post(server.url, { body }), (answer) => {
      const { result } = HttpProcess.messageIn(answer) as JsonRpc.Message
      const { error, status } = { ...result?.structuredContent }
      outcomes.push(String(error ?? status))
    })
    yield* call
    const load = yield* Effect.forkScoped(Effect.forever(call))
    const stop = Effect.andThen(call, Fiber.interrupt(load))
    return { server, write, stop, outcomes }
  })

const accessTokenOf = ({ url }: Sandbox.Service) =>
  Effect.promise(async () => {
    const form = { grant_type: "client_credentials", client_id: "sandbox", client_secret: "sandbox-secret" }
    const response = await fetch(`${url}/oauth/token`, { method: "POST", body: new URLSearchParams(form) })
    return String(((await response.json()) as Record<string, unknown>)["access_token"])
  })

/** Each secret, its error while SailPoint refuses it, the client ID, and a value that SailPoint accepts. */
const refused = [
  ["SAIL_CLIENT_SECRET", "AuthenticationFailed", "sandbox", () => Effect.succeed("sandbox-secret")],
  ["SAIL_ACCESS_TOKEN", "Unauthorized", "", accessTokenOf]
] as const

describe("a secret in a file", { timeout: 60_000 }, () => {
  it.live("a client secret in a file is replaced under load, and no call fails", () =>
    Effect.gen(function* () {
      const old = { ...Client.admin, clientSecret: "canary-old" }
      const clients = [old, { ...old, clientSecret: "canary-new" }]
      const sandbox = yield* Sandbox.make({ clients, limit: { requests: 100_000, per: "10 seconds" } })
      const load = yield* underLoad(sandbox, old.clientSecret)
      const { outcomes, server, stop, write } = load
      yield* write("canary-new\n")
      clients.shift()
      yield* server.kill("SIGHUP")
      yield* server.logged(/read again \(SIGHUP\)/u)
      yield* sandbox.revokeTokens
      yield* stop
      assert.deepStrictEqual([...new Set(outcomes)], ["COMPLETED"])
      yield* server.kill("SIGTERM")
      assert.notInclude((yield* server.ended).stderr, "canary")
    })
  )

  it.live.each(refused)("%s in a file is read again after it was refused", ([name, error, client, usable]) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { path, write } = yield* SecretFile.make("not-yet")
      const env = { SAIL_BASE_URL: sandbox.url, SAIL_CLIENT_ID: client, [`${name}_FILE`]: path }
      const server = yield* ServerProcess.start([], env)
      const errorOf = (id: number) =>
        Effect.andThen(server.send(JsonRpc.callStatus(id, done)), server.answer(id)).pipe(
          Effect.map(({ result }) => result?.structuredContent?.["error"])
        )
      yield* server.send(JsonRpc.initialize(0), JsonRpc.initialized)
      assert.strictEqual(yield* errorOf(1), error)
      yield* write("")
      assert.strictEqual(yield* errorOf(2), error)
      yield* server.logged(new RegExp(`The file that ${name}_FILE names cannot be used`, "u"))
      yield* write(yield* usable(sandbox))
      assert.strictEqual(yield* errorOf(3), undefined)
    })
  )
})

describe.skipIf(RedisServer.isMissing)("a Redis URL in a file", { timeout: 60_000 }, () => {
  it.live("a Redis URL in a file is read again for each connection, so that a password can be replaced", () =>
    Effect.gen(function* () {
      const limit = { requests: 100, per: "10 seconds" } as const
      const redis = yield* RedisServer.started()
      const setPassword = (password: string) =>
        redis.command("ACL", "SETUSER", "app", "on", "resetpass", `>${password}`, "~*", "+@all")
      const urlWith = (password: string) => redis.url.replace("//", `//app:${password}@`)
      yield* setPassword("old")
      const { path, write } = yield* SecretFile.make(urlWith("old"))
      const sandbox = yield* Replicas.sandboxWith(limit)
      const server = yield* Replicas.start(sandbox, limit, "", { SAIL_REDIS_URL_FILE: path })
      assert.deepStrictEqual(yield* server.statuses(1), ["COMPLETED"])
      assert.lengthOf(yield* redis.keys("*v2024}:slots"), 1)
      yield* redis.stop
      assert.deepStrictEqual(yield* server.statuses(1), ["COMPLETED"])
      yield* server.logged(/Redis cannot be used/u)
      yield* write(urlWith("new"))
      yield* redis.start
      yield* setPassword("new")
      yield* server.logged(/Redis answers again/u)
    })
  )
})
