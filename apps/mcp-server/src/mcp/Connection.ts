/**
 * The HTTP request of a call: its caller, and its connection, so that the call ends when the client disconnects. The SDK
 * passes a separate signal for that, but with the older protocol it does not always fire.
 */
import type * as Fiber from "effect/Fiber"
import { AsyncLocalStorage } from "node:async_hooks"
import type { Caller } from "../telemetry/Caller.ts"

export interface Connection {
  /** Aborted if the connection closes before the answer is complete. */
  readonly left: AbortSignal
  readonly caller: Caller
}

const current = new AsyncLocalStorage<Connection>()

/** Runs `serve` and all calls that it starts in the context of a request. */
export const during = <A>(connection: Connection, serve: () => A): A => current.run(connection, serve)

/** Returns the caller of the current request; over stdio, it is unknown. */
export const caller = (): Caller => current.getStore()?.caller ?? {}

/** Ends a call when its connection closes. It must run in the context of the request. */
export const endWithConnection = (call: Fiber.Fiber<unknown, unknown>): void => {
  const left = current.getStore()?.left
  if (left?.aborted === true) return call.interruptUnsafe()
  // `AbortSignal.any` with the client's signal would create another signal, which the SDK would abort when it closes the server.
  left?.addEventListener("abort", () => call.interruptUnsafe())
}
