import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RedisProxy from "../support/RedisProxy.ts"
import * as RedisServer from "../support/RedisServer.ts"
import * as Replicas from "../support/replicas.ts"
import { BACK, completed, counted, logOf, warnings } from "../support/replicas.ts"

const limit = { requests: 100, per: "10 seconds" } as const

/** A server that connects to Redis by a name, and a second Redis that the name can move to. */
const named = Effect.gen(function* () {
  const [primary, other] = [yield* RedisServer.started(), yield* RedisServer.started()]
  const proxy = yield* RedisProxy.start(primary.url)
  const sandbox = yield* Replicas.sandboxWith(limit)
  const server = yield* Replicas.start(sandbox, limit, proxy.url)
  assert.deepStrictEqual(yield* server.statuses(3), completed(3))
  return { primary, other, proxy, server }
})

type Named = Effect.Success<typeof named>

/** The behavior of the old primary, which keeps its connections and answers PING. */
const losses: ReadonlyArray<readonly [name: string, lose: (setup: Named) => Effect.Effect<unknown>]> = [
  [
    "becomes a read-only replica",
    ({ other, primary }) => primary.command("REPLICAOF", "127.0.0.1", new URL(other.url).port)
  ],
  ...[
    "LOADING Redis is loading the dataset in memory",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "NOREPLICAS Not enough good replicas to write.",
    "ERR Error running script: @user_script:5: -READONLY You can't write against a read only replica."
  ].map(
    (error) =>
      [`answers ${error}`, ({ proxy }: Named) => Effect.sync(() => proxy.refuseScripts(error))] as const
  )
]

describe.skipIf(RedisServer.isMissing)("a Redis that fails over", { timeout: 60_000 }, () => {
  it.live.each(losses)("a server connects to the new primary, and logs it, if the old one %s", ([, lose]) =>
    Effect.gen(function* () {
      const setup = yield* named
      const { other, proxy, server } = setup
      proxy.moveTo(other.url)
      yield* lose(setup)
      assert.deepStrictEqual(yield* server.statuses(3), completed(3))
      yield* server.logged(BACK)
      assert.deepStrictEqual(yield* server.statuses(3), completed(3))
      assert.strictEqual(yield* counted(other), 3)
      assert.deepStrictEqual(warnings(yield* logOf(server)), [1, 1])
    })
  )

  it.live("a server reports a Redis Cluster once as unsupported, and does not reconnect", () =>
    Effect.gen(function* () {
      const { proxy, server } = yield* named
      proxy.refuseScripts("MOVED 3999 10.0.0.7:6381")
      for (const _ of [1, 2, 3]) {
        assert.deepStrictEqual(yield* server.statuses(3), completed(3))
      }
      const stderr = yield* logOf(server)
      assert.deepStrictEqual(warnings(stderr), [1, 0])
      assert.include(stderr, "cluster, which is not supported")
      assert.strictEqual(proxy.connections(), 1)
    })
  )
})
