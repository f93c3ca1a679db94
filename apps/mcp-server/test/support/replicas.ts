/**
 * Several servers that share a Redis, and a sandbox with more sources than its limit allows requests.
 */
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import type * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as assert from "node:assert"
import { callStatus, initialize, initialized } from "./JsonRpc.ts"
import type { RedisServer } from "./RedisServer.ts"
import * as ServerProcess from "./ServerProcess.ts"

/** Calls for one source at one time share a request, so each call has a source of its own. */
const sources: ReadonlyArray<Source.Source> = Array.from({ length: 40 }, (_, n) => {
  const digits = n.toString(16).padStart(12, "0")
  return {
    sourceId: `${"0".repeat(20)}${digits}`,
    id: `00000000-0000-4000-8000-${digits}`,
    name: `Source ${n}`,
    description: "Made for a test.",
    status: "COMPLETED"
  }
})

export interface Limit {
  readonly requests: number
  readonly per: "1 second" | "2 seconds" | "10 seconds"
}

export const sandboxWith = (limit: Limit) => Sandbox.make({ limit, sources })

export interface Replica extends ServerProcess.ServerProcess {
  /** Asks for the statuses of so many sources, all at once. */
  readonly ask: (count: number) => Effect.Effect<ReadonlyArray<number>>
  /** The statuses, or what went wrong, of what was asked for. */
  readonly outcomes: (
    ids: ReadonlyArray<number>
  ) => Effect.Effect<ReadonlyArray<unknown>, ServerProcess.EndedTooSoon>
  /** Both. */
  readonly statuses: (count: number) => Effect.Effect<ReadonlyArray<unknown>, ServerProcess.EndedTooSoon>
}

/** A server with the sandbox's limit as its budget, greeted. */
export const start = (
  sandbox: Sandbox.Service,
  limit: Limit,
  redisUrl: string,
  env: Readonly<Record<string, string>> = {}
) =>
  Effect.gen(function* () {
    const server = yield* ServerProcess.start([], {
      ...ServerProcess.settingsFor(sandbox),
      SAIL_REQUEST_BUDGET: `${limit.requests} per ${limit.per}`,
      SAIL_REDIS_URL: redisUrl,
      ...env
    })
    yield* server.send(initialize(0), initialized)
    yield* server.answer(0)
    let last = 0
    const ask: Replica["ask"] = (count) => {
      const ids = Array.from({ length: count }, () => (last += 1))
      return Effect.as(server.send(...ids.map((id, n) => callStatus(id, sources[n]?.sourceId ?? ""))), ids)
    }
    const outcomes: Replica["outcomes"] = (ids) =>
      Effect.forEach(ids, (id) =>
        Effect.map(server.answer(id), ({ result }) => {
          const { error, status } = { ...result?.structuredContent }
          return error ?? status
        })
      )
    const replica: Replica = {
      ...server,
      ask,
      outcomes,
      statuses: (count) => Effect.flatMap(ask(count), outcomes)
    }
    return replica
  })

/** What the sandbox answered to requests for an endpoint. */
export const answers = (sandbox: Sandbox.Service, endpoint: "status" | "token") =>
  Effect.map(sandbox.received, (received) =>
    received.filter((request) => request.endpoint === endpoint).map(({ outcome }) => outcome)
  )

/** As many good answers. */
export const good = <A>(count: number, answer: A): Array<A> => Array.from({ length: count }, () => answer)

export const completed = (count: number) => good(count, "COMPLETED")

export const GONE = /Redis cannot be used/u
export const BACK = /Redis answers again/u

/** How often a log says that Redis is gone, and that it is back. */
export const warnings = (stderr: string) => [GONE, BACK].map((message) => stderr.split(message).length - 1)

/** Ends a server as its assistant does, and returns its log. */
export const logOf = (server: Replica) =>
  Effect.gen(function* () {
    yield* server.closeInput
    const { code, stderr } = yield* server.ended
    assert.strictEqual(code, 0)
    return stderr
  })

/** How many status requests count in a Redis. */
export const counted = ({ command, keys }: RedisServer) =>
  Effect.gen(function* () {
    const [slots = ""] = yield* keys("*v2024}:slots")
    return Number(yield* command("ZCARD", slots))
  })
