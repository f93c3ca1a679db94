/**
 * Loads the handlers with the first call: an assistant starts and waits for all its servers, but calls few.
 */
import * as Effect from "effect/Effect"
import type * as Loaded from "./handlers.ts"
import { flushSoon } from "@sailpoint-bulk-upload/tooling/compileCache"

export type Handlers = typeof Loaded

let loaded: Handlers | undefined

const load: Effect.Effect<Handlers> = Effect.promise(async () => {
  loaded = await import("./handlers.ts")
  flushSoon()
  return loaded
})

export const answeredBy = <A, E, R>(
  answer: (handlers: Handlers) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => (loaded === undefined ? Effect.flatMap(load, answer) : answer(loaded)))
