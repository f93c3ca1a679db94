import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redis from "effect/persistence/Redis"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"
import { getCACertificates, setDefaultCACertificates } from "node:tls"
import * as RedisClient from "../../src/redis/RedisClient.ts"
import * as Certificates from "../support/Certificates.ts"
import * as RedisServer from "../support/RedisServer.ts"
import * as Replicas from "../support/replicas.ts"

const limit = { requests: 100, per: "10 seconds" } as const

/** What a command gives, or why there is no connection. */
const ping = (url: string) =>
  Redis.Redis.use(({ send }) => send<string>("PING")).pipe(
    Effect.provide(RedisClient.layer(Redacted.make(url))),
    Effect.catch(({ cause }) => Effect.succeed(String(cause)))
  )

/** Lets this process trust the signer, as `NODE_EXTRA_CA_CERTS` does from the start. */
const trusting = ({ authority }: Certificates.Certificate) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = getCACertificates("default")
      setDefaultCACertificates([...before, readFileSync(authority, "utf8")])
      return before
    }),
    (before) => Effect.sync(() => setDefaultCACertificates(before))
  )

const isMissing = RedisServer.isMissing || Certificates.isMissing

describe.skipIf(isMissing)("a Redis that speaks TLS", { timeout: 60_000 }, () => {
  it.live("is used if its certificate has its name and a known signer", () =>
    Effect.gen(function* () {
      const tls = yield* Certificates.make("IP:127.0.0.1")
      const { url } = yield* RedisServer.started({ tls, password: "right" })
      yield* trusting(tls)
      assert.strictEqual(yield* ping(url), "PONG")
    })
  )

  it.live("receives nothing if its certificate has no known signer", () =>
    Effect.gen(function* () {
      const tls = yield* Certificates.make("IP:127.0.0.1")
      const { url } = yield* RedisServer.started({ tls, password: "canary" })
      assert.strictEqual(yield* ping(url), "Error: self-signed certificate in certificate chain")
    })
  )

  it.live("receives nothing if its certificate has another name", () =>
    Effect.gen(function* () {
      const tls = yield* Certificates.make("DNS:redis.test")
      const { url } = yield* RedisServer.started({ tls })
      yield* trusting(tls)
      assert.include(yield* ping(url), "ERR_TLS_CERT_ALTNAME_INVALID")
    })
  )

  it.live("is not used without TLS, as which it does not answer", () =>
    Effect.gen(function* () {
      const { url } = yield* RedisServer.started({ tls: yield* Certificates.make("IP:127.0.0.1") })
      assert.include(yield* ping(url.replace("rediss:", "redis:")), "Error: ")
    })
  )

  it.live("is shared by a server that trusts its signer by NODE_EXTRA_CA_CERTS", () =>
    Effect.gen(function* () {
      const tls = yield* Certificates.make("IP:127.0.0.1")
      const redis = yield* RedisServer.started({ tls })
      const sandbox = yield* Replicas.sandboxWith(limit)
      const env = { NODE_EXTRA_CA_CERTS: tls.authority }
      const server = yield* Replicas.start(sandbox, limit, redis.url, env)
      // Where connecting takes its time, the first calls go by the server's own budget.
      const slots = Effect.andThen(server.statuses(1), redis.keys("*v2024}:slots"))
      assert.lengthOf(yield* Effect.repeat(slots, { until: (keys) => keys.length > 0 }), 1)
    })
  )

  it.live("causes one warning in a server that does not trust it, and calls are answered", () =>
    Effect.gen(function* () {
      const tls = yield* Certificates.make("IP:127.0.0.1")
      const redis = yield* RedisServer.started({ tls, password: "canary" })
      const sandbox = yield* Replicas.sandboxWith(limit)
      const server = yield* Replicas.start(sandbox, limit, redis.url)
      assert.deepStrictEqual(yield* server.statuses(3), Replicas.completed(3))
      const stderr = yield* Replicas.logOf(server)
      assert.deepStrictEqual(Replicas.warnings(stderr), [1, 0])
      assert.notInclude(stderr, "canary")
      assert.isEmpty(yield* redis.keys("*"))
    })
  )
})
