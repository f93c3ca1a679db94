/** Several servers that share a Redis, and a sandbox with more sources than its limit allows requests. */
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import type * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as assert from "node:assert"
import { callStatus, initialize, initialized } from "./JsonRpc.ts"
import type { RedisServer } from "./RedisServer.ts"
import * as ServerProcess from "./ServerProcess.ts"

/** Concurrent calls for one source share a request, so each call has a separate source. */
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

export type Replica = Effect.Success<ReturnType<typeof start>>

/** Starts a server with the sandbox's limit, and initializes the connection. */
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
    /** Sends concurrent calls for this number of sources, and returns their IDs. */
    const ask = (count: number) => {
      const ids = Array.from({ length: count }, () => (last += 1))
      return Effect.as(server.send(...ids.map((id, n) => callStatus(id, sources[n]?.sourceId ?? ""))), ids)
    }
    /** The statuses or errors of these calls. */
    const outcomes = (ids: ReadonlyArray<number>) =>
      Effect.forEach(ids, (id) =>
        Effect.map(server.answer(id), ({ result }) => {
          const { error, status } = { ...result?.structuredContent }
          return error ?? status
        })
      )
    return { ...server, ask, outcomes, statuses: (count: number) => Effect.flatMap(ask(count), outcomes) }
  })

/** The outcomes of the requests to an endpoint of the sandbox. */
export const answers = (sandbox: Sandbox.Service, endpoint: "status" | "token") =>
  Effect.map(sandbox.received, (received) =>
    received.filter((request) => request.endpoint === endpoint).map(({ outcome }) => outcome)
  )

/** This number of equal answers. */
export const good = <A>(count: number, answer: A): Array<A> => Array.from({ length: count }, () => answer)

export const completed = (count: number) => good(count, "COMPLETED")

export const GONE = /Redis cannot be used/u
export const BACK = /Redis answers again/u

/** The numbers of lines in a log for a lost and for a restored Redis. */
export const warnings = (stderr: string) => [GONE, BACK].map((message) => stderr.split(message).length - 1)

/** Ends a server by its standard input, and returns its log. */
export const logOf = (server: Replica) =>
  Effect.gen(function* () {
    yield* server.closeInput
    const { code, stderr } = yield* server.ended
    assert.strictEqual(code, 0)
    return stderr
  })

/** The number of status requests that Redis counts. */
export const counted = ({ command, keys }: RedisServer) =>
  Effect.gen(function* () {
    const [slots = ""] = yield* keys("*v2024}:slots")
    return Number(yield* command("ZCARD", slots))
  })
