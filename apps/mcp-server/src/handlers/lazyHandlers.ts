/**
 * Loads the handlers with the first call: an assistant starts and waits for all its servers, but calls few.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Answers from "./handlers.ts"
import * as CompileCache from "../boot/CompileCache.ts"

let loaded: typeof Answers | undefined

const load: Effect.Effect<typeof Answers> = Effect.promise(async () => {
  loaded = await import("./handlers.ts")
  CompileCache.flushSoon()
  return loaded
})

export const answeredBy = <A, E, R>(
  answer: (answers: typeof Answers) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => (loaded === undefined ? Effect.flatMap(load, answer) : answer(loaded)))

export const layer = <A>(services: (answers: typeof Answers) => Layer.Layer<A>): Layer.Layer<A> =>
  Layer.unwrap(Effect.map(load, services))
