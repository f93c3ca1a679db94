/**
 * A local tenant on 127.0.0.1: tokens, sources with their schema attributes, uploads, statuses, records and audit
 * events, with limits, errors and faults. All state is in memory and bounded, and all time is Effect's clock.
 *
 * The sandbox follows SailPoint's documentation. Undocumented behavior (the body of a token error, the answer to a wrong
 * method, whether an audit event names its source) is a plausible choice and no statement about SailPoint.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
 *
 * const program = Effect.gen(function* () {
 *   const sandbox = yield* Sandbox.Sandbox
 *   const csv = "accountName,firstName,lastName,email,manager\nw.lee,Wren,Lee,w@example.com,a.ortiz"
 *   yield* sandbox.upload(Source.named("Contractors").sourceId, csv)
 *   return sandbox.url
 * }).pipe(Effect.provide(Sandbox.layer()))
 * ```
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { constTrue } from "effect/Function"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import type { ServeError } from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as NetAddress from "effect/net/NetAddress"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { createServer } from "node:http"
import * as Client from "./Client.ts"
import * as Endpoint from "./Endpoint.ts"
import { answer } from "./endpoints/answer.ts"
import * as Fault from "./Fault.ts"
import type * as Job from "./Job.ts"
import * as Limiter from "./Limiter.ts"
import * as Source from "./Source.ts"
import { Tenant } from "./tenant/Tenant.ts"

/** The options of a sandbox. */
export interface Options {
  /** The port on 127.0.0.1. Default: a free one. */
  readonly port?: number | undefined
  /** The rate limit of each client. Default: `Limiter.documented`, 100 requests in 10 seconds. */
  readonly limit?: Limiter.Limit | undefined
  /** The durations of uploaded jobs. Default: 2 seconds `PENDING`, then 3 seconds `IN_PROGRESS`. */
  readonly jobTiming?: Job.Timing | undefined
  /** Replaces the seeded sources. */
  readonly sources?: ReadonlyArray<Source.Source> | undefined
  /** Replaces the seeded clients. */
  readonly clients?: ReadonlyArray<Client.Client> | undefined
  /** The number of requests that `received` keeps. Default: 10,000. */
  readonly maxReceived?: number | undefined
}

/** A received request. */
export interface Received {
  readonly endpoint: Endpoint.Endpoint | "unknown"
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The HTTP status of the answer, or `aborted` if the client disconnected; undefined until then. */
  readonly outcome: number | "aborted" | undefined
}

/** A fault for later requests. */
export interface Planned {
  readonly endpoint: Endpoint.Endpoint
  readonly fault: Fault.Fault
  /** The number of requests that fail. Default: 1. */
  readonly times?: number
}

/** A running sandbox. */
export interface Service {
  /** The value for `SAIL_BASE_URL`: `http://127.0.0.1:{port}`. */
  readonly url: string
  readonly clients: ReadonlyArray<Client.Client>
  readonly sources: ReadonlyArray<Source.Source>
  /**
   * Starts a job on the source with that ID (either form), like an upload over HTTP. A file that HTTP would refuse starts a
   * job that ends in `ERROR`. Dies if the source does not exist.
   */
  readonly upload: (id: string, csv: string) => Effect.Effect<void>
  /** Plans a fault for the next requests to an endpoint, after the faults that are already planned. */
  readonly fail: (planned: Planned) => Effect.Effect<void>
  /** Revokes all issued tokens. */
  readonly revokeTokens: Effect.Effect<void>
  /** The newest `maxReceived` requests, in order of arrival. */
  readonly received: Effect.Effect<ReadonlyArray<Received>>
  /** Waits until the requests satisfy the predicate, which is checked whenever a request arrives or ends. */
  readonly until: (
    wanted: (received: ReadonlyArray<Received>) => boolean
  ) => Effect.Effect<ReadonlyArray<Received>>
}

/** The sandbox's tag. */
export class Sandbox extends Context.Service<Sandbox, Service>()("@sailpoint-bulk-upload/sandbox/Sandbox") {}

/**
 * Starts a sandbox that stops when the scope closes.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Sandbox } from "@sailpoint-bulk-upload/sandbox"
 *
 * const served = Effect.gen(function* () {
 *   const { url } = yield* Sandbox.make({ port: 8080 })
 *   yield* Effect.log(url)
 *   return yield* Effect.never
 * }).pipe(Effect.scoped)
 * ```
 */
export const make = (options: Options = {}): Effect.Effect<Service, ServeError, Scope.Scope> =>
  Effect.gen(function* () {
    const maxReceived = options.maxReceived ?? 10_000
    const tenant = new Tenant({
      clients: options.clients ?? Client.seeded,
      sources: options.sources ?? Source.seeded,
      limiter: new Limiter.Limiter(options.limit ?? Limiter.documented),
      jobTiming: options.jobTiming ?? { pending: "2 seconds", inProgress: "3 seconds" },
      startedAt: yield* Clock.currentTimeMillis
    })
    const planned: Array<Planned & { left: number }> = []
    const received: Array<{ -readonly [K in keyof Received]: Received[K] }> = []
    const changes = yield* SubscriptionRef.make(0)
    const run = Effect.runSyncWith(yield* Effect.context())
    const changed = SubscriptionRef.update(changes, (n) => n + 1)

    const takeFault = (endpoint: Endpoint.Endpoint): Fault.Fault | undefined => {
      const next = planned.find((plan) => plan.endpoint === endpoint && plan.left > 0)
      if (next === undefined) return undefined
      next.left -= 1
      if (next.left === 0) planned.splice(planned.indexOf(next), 1)
      return next.fault
    }

    const app = Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const [path = ""] = request.url.split("?", 1)
      const match = Endpoint.match(request.method, path)
      const entry: (typeof received)[number] = {
        endpoint: match.endpoint ?? "unknown",
        method: request.method,
        path: request.url,
        headers: { ...request.headers },
        at: yield* Clock.currentTimeMillis,
        outcome: undefined
      }
      received.push(entry)
      received.splice(0, received.length - maxReceived)
      yield* changed
      // Only the connection shows the end: an answer that is still being written has not ended.
      const response = NodeHttpServerRequest.toServerResponse(request)
      response.once("close", () => {
        entry.outcome = response.writableFinished ? response.statusCode : "aborted"
        run(changed)
      })
      const fault = match.endpoint === undefined ? undefined : takeFault(match.endpoint)
      const proceed = answer(tenant, match, request)
      return yield* fault === undefined ? proceed : Fault.run(fault, request, proceed)
    }).pipe(
      // Effect's server runs its handler uninterruptibly; here, a disconnected client ends it.
      Effect.interruptible
    )

    const node = createServer()
    const server = yield* NodeHttpServer.make(() => node, {
      host: "127.0.0.1",
      port: options.port ?? 0,
      disablePreemptiveShutdown: true
    })
    // The tenant is another system, so its work is not part of a caller's traces.
    yield* server.serve(app).pipe(Effect.provideService(HttpMiddleware.TracerDisabledWhen, constTrue))
    // Runs first when the scope closes: a client with an open connection must not delay the end.
    yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))

    return Sandbox.of({
      url: NetAddress.formatUrlUnsafe(server.address),
      clients: tenant.clients,
      sources: tenant.sources,
      upload: (id, csv) => {
        const source = tenant.find(id)
        return source === undefined
          ? Effect.die(new Error(`The sandbox has no source with the ID ${id}. Use an ID of sources.`))
          : Effect.map(Clock.currentTimeMillis, (now) => {
              tenant.upload(source, tenant.read(source, csv), Client.admin.clientId, now)
            })
      },
      fail: (plan) => Effect.sync(() => void planned.push({ ...plan, left: plan.times ?? 1 })),
      revokeTokens: Effect.sync(() => tenant.tokens.revokeAll()),
      received: Effect.sync(() => received.map((entry) => ({ ...entry }))),
      until: (wanted) =>
        SubscriptionRef.changes(changes).pipe(
          Stream.filter(() => wanted(received)),
          Stream.take(1),
          Stream.runDrain,
          Effect.andThen(Effect.sync(() => received.map((entry) => ({ ...entry }))))
        )
    })
  })

/**
 * Provides a sandbox as a layer.
 *
 * @example
 * ```ts
 * import { Sandbox } from "@sailpoint-bulk-upload/sandbox"
 *
 * // Its jobs end at once.
 * const Tenant = Sandbox.layer({ jobTiming: { pending: 0, inProgress: 0 } })
 * ```
 */
export const layer = (options: Options = {}): Layer.Layer<Sandbox, ServeError> =>
  Layer.effect(Sandbox, make(options))
