/**
 * The runtime of the process. Its services are made at its first use.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { answeredBy, type Handlers } from "./lazyHandlers.ts"
import type { Services } from "./ServiceLayer.ts"

export type { Services } from "./ServiceLayer.ts"

export type Runtime = ManagedRuntime.ManagedRuntime<Services, never>

export const makeRuntime = (...options: Parameters<Handlers["Services"]["layer"]>): Runtime =>
  ManagedRuntime.make(Layer.unwrap(answeredBy(({ Services }) => Effect.succeed(Services.layer(...options)))))
