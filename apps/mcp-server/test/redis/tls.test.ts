import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Certificates from "../support/Certificates.ts"
import * as RedisServer from "../support/RedisServer.ts"
import * as Replicas from "../support/replicas.ts"

const limit = { requests: 100, per: "10 seconds" } as const

/** A Redis with a certificate for this name, and a server that trusts the certificate's signer or does not. */
const serving = (name: Parameters<typeof Certificates.make>[0], isTrusted: boolean) =>
  Effect.gen(function* () {
    const tls = yield* Certificates.make(name)
    const redis = yield* RedisServer.started({ tls, password: "canary" })
    const env = isTrusted ? { NODE_EXTRA_CA_CERTS: tls.certificate } : {}
    const sandbox = yield* Replicas.sandboxWith(limit)
    return { redis, server: yield* Replicas.start(sandbox, limit, redis.url, env) }
  })

const refused = [
  ["no known signer", "IP:127.0.0.1", false, "self-signed certificate"],
  ["another name", "DNS:redis.test", true, "does not match certificate's altnames"]
] as const

const isMissing = RedisServer.isMissing || Certificates.isMissing

describe.skipIf(isMissing)("a Redis that speaks TLS", { timeout: 60_000 }, () => {
  it.live("a server shares the limit if the certificate of Redis has its name and a known signer", () =>
    Effect.gen(function* () {
      const { redis, server } = yield* serving("IP:127.0.0.1", true)
      // Until Redis is connected, the calls use the server's own limit.
      const slots = Effect.andThen(server.statuses(1), redis.keys("*v2024}:slots"))
      assert.lengthOf(yield* Effect.repeat(slots, { until: (keys) => keys.length > 0 }), 1)
    })
  )

  it.live.each(refused)("a server logs one warning if the certificate has %s", ([, name, isTrusted, says]) =>
    Effect.gen(function* () {
      const { redis, server } = yield* serving(name, isTrusted)
      assert.deepStrictEqual(yield* server.statuses(3), Replicas.completed(3))
      const stderr = yield* Replicas.logOf(server)
      assert.deepStrictEqual(Replicas.warnings(stderr), [1, 0])
      assert.include(stderr, says)
      assert.notInclude(stderr, "canary")
      assert.isEmpty(yield* redis.keys("*"))
    })
  )
})
