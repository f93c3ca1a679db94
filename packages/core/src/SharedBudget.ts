/**
 * A rate limit that several processes share through Redis.
 *
 * **Details**
 *
 * The rule is that of `RequestBudget`, with the slots in a sorted set and all times on Redis' clock, so neither the
 * network's delays nor the clocks of the processes matter. (Fixed windows and token buckets, the algorithms of Effect's
 * `RateLimiter`, let up to twice the limit through around a boundary or after a quiet time.)
 *
 * A waiting request stores nothing in Redis. The first one of each process polls when the next slot is due, and a process
 * with fewer slots polls earlier. The slots of a killed process are free again when their leases end: after the attempt's
 * deadline, one window and 5 seconds.
 *
 * Each process also applies the whole limit to itself. While Redis does not answer, only that limit applies; one warning
 * marks the beginning of that time, and one line its end.
 *
 * **Gotchas**
 *
 * A process that stalls for seconds checks its slot again before it sends. Only a stall between that check and the write
 * of the request, such as a suspended machine, can break the limit.
 */
import * as Effect from "effect/Effect"
import type * as Redis from "effect/persistence/Redis"
import type * as Scope from "effect/Scope"
import { budgetNumbers } from "./internal/budgetNumbers.ts"
import { keysOf, probe } from "./internal/budgetKeys.ts"
import * as Scripts from "./internal/budgetScripts.ts"
import { makeSharedRedis } from "./internal/sharedRedis.ts"
import { makeSpend } from "./internal/spend.ts"
import type * as RequestBudget from "./RequestBudget.ts"

/**
 * Makes a limit that all processes on the same Redis share. Pass it as the option `requestBudget`, and give every process
 * the same numbers. Dies with a `RangeError` for meaningless numbers.
 *
 * @example
 * ```ts
 * import * as NodeRedis from "@effect/platform-node/NodeRedis"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import { BulkUploads, SharedBudget } from "@sailpoint-bulk-upload/core"
 *
 * // Half of the limit for all processes together.
 * const together = Layer.unwrap(
 *   Effect.map(SharedBudget.make({ requests: 50 }), (requestBudget) => BulkUploads.layerConfig({ requestBudget }))
 * ).pipe(Layer.provide(NodeRedis.layer({ url: "redis://localhost", disableOfflineQueue: true })))
 * ```
 */
export const make = (
  options: RequestBudget.Options = {}
): Effect.Effect<RequestBudget.RequestBudget, never, Redis.Redis | Scope.Scope> =>
  Effect.map(makeSharedRedis(probe), ({ inBackground, run }) => {
    const { maxPause, ...limit } = budgetNumbers(options)
    const take = run(Scripts.take)
    const leave = run(Scripts.leave)
    const giveBack = run(Scripts.giveBack)
    const backOff = run(Scripts.backOff)
    return {
      spend: makeSpend(limit, (key) => {
        const keys = keysOf(key)
        return {
          take: (id, lease) => take(keys, { ...limit, id, lease }),
          leave: (id) => inBackground(leave(keys, { ...limit, id })),
          giveBack: (id) => inBackground(giveBack(keys, id)),
          backOff: (millis) => Effect.asVoid(backOff(keys, millis))
        }
      })(maxPause)
    }
  })
