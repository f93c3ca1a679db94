/**
 * The HTTP request that a call came with: its caller, and its connection, so that the call ends when the client has
 * gone. The SDK hands on a signal of its own for that, but with the older protocol it does not always fire.
 */
import type * as Fiber from "effect/Fiber"
import { AsyncLocalStorage } from "node:async_hooks"
import type { Caller } from "../telemetry/Caller.ts"

export interface Connection {
  /** Aborted when the connection is gone before the answer is complete. */
  readonly left: AbortSignal
  readonly caller: Caller
}

const current = new AsyncLocalStorage<Connection>()

/** Serves a request. */
export const during = <A>(connection: Connection, serve: () => A): A => current.run(connection, serve)

/** Returns the caller of the request that is being served; over stdio, nothing is known of it. */
export const caller = (): Caller => current.getStore()?.caller ?? {}

/** Ends a call when its connection is gone. To be called where the call was asked for. */
export const endWithConnection = (call: Fiber.Fiber<unknown, unknown>): void => {
  const left = current.getStore()?.left
  if (left?.aborted === true) return call.interruptUnsafe()
  // `AbortSignal.any` with the client's own would be one more signal to make, and to abort when the SDK closes the server.
  left?.addEventListener("abort", () => call.interruptUnsafe(), { once: true })
}
