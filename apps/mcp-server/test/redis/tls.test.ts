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

/** The answer to PING, or the reason that the connection fails. */
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
  it.live("a Redis is used if its certificate has its name and a known signer", () =>
    Effect.gen(function* () {
      const tls = yield* Certificates.make("IP:127.0.0.1")
      const { url } = yield* RedisServer.started({ tls, password: "right" })
      yield* trusting(tls)
      assert.strictEqual(yield* ping(url), "PONG")
    })
  )

  it.live("a Redis receives nothing if its certificate has no known signer", () =>
    Effect.gen(function* () {
      const tls = yield* Certificates.make("IP:127.0.0.1")
      const { url } = yield* RedisServer.started({ tls, password: "canary" })
      assert.strictEqual(yield* ping(url), "Error: self-signed certificate in certificate chain")
    })
  )

  it.live("a Redis receives nothing if its certificate has another name", () =>
    Effect.gen(function* () {
      const tls = yield* Certificates.make("DNS:redis.test")
      const { url } = yield* RedisServer.started({ tls })
      yield* trusting(tls)
      assert.include(yield* ping(url), "ERR_TLS_CERT_ALTNAME_INVALID")
    })
  )

  it.live("a server that trusts the signer by NODE_EXTRA_CA_CERTS shares the limit", () =>
    Effect.gen(function* () {
      const tls = yield* Certificates.make("IP:127.0.0.1")
      const redis = yield* RedisServer.started({ tls })
      const sandbox = yield* Replicas.sandboxWith(limit)
      const env = { NODE_EXTRA_CA_CERTS: tls.authority }
      const server = yield* Replicas.start(sandbox, limit, redis.url, env)
      // Until Redis is connected, the calls use the server's own limit.
      const slots = Effect.andThen(server.statuses(1), redis.keys("*v2024}:slots"))
      assert.lengthOf(yield* Effect.repeat(slots, { until: (keys) => keys.length > 0 }), 1)
    })
  )

  it.live("a server that does not trust its Redis logs one warning and answers calls", () =>
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
