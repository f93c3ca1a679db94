/**
 * The connection that a call came over, where it has one of its own (HTTP), so that the call ends when the client
 * has gone. The SDK hands on a signal of its own for that, but with the older protocol it does not always fire.
 */
import { AsyncLocalStorage } from "node:async_hooks"

const gone = new AsyncLocalStorage<AbortSignal>()

/** Serves a request; `signal` is aborted when its connection is gone before the answer is complete. */
export const during = <A>(signal: AbortSignal, serve: () => A): A => gone.run(signal, serve)

/** What ends a call: the client takes it back, or its connection is gone. */
export const untilLeft = ({ signal }: { readonly signal: AbortSignal }): { readonly signal: AbortSignal } => {
  const connection = gone.getStore()
  return { signal: connection === undefined ? signal : AbortSignal.any([signal, connection]) }
}
