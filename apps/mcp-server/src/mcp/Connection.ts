/**
 * The connection that a call came over, where it has one of its own (HTTP), so that the call ends when the client
 * has gone. The SDK hands on a signal of its own for that, but with the older protocol it does not always fire.
 */
import type * as Fiber from "effect/Fiber"
import { AsyncLocalStorage } from "node:async_hooks"

const gone = new AsyncLocalStorage<AbortSignal>()

/** Serves a request; `signal` is aborted when its connection is gone before the answer is complete. */
export const during = <A>(signal: AbortSignal, serve: () => A): A => gone.run(signal, serve)

/** Ends a call when its connection is gone. To be called where the call was asked for. */
export const endWithConnection = (call: Fiber.Fiber<unknown, unknown>): void => {
  const connection = gone.getStore()
  if (connection?.aborted === true) return call.interruptUnsafe()
  // `AbortSignal.any` with the client's own would be one more signal to make, and to abort when the SDK closes the server.
  connection?.addEventListener("abort", () => call.interruptUnsafe(), { once: true })
}
