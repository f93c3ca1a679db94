/**
 * The runtime of the process. Its services are made at its first use.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { Retries, Services } from "./ServiceLayer.ts"
import { answeredBy } from "./lazyHandlers.ts"
import type * as StderrLog from "../telemetry/StderrLog.ts"
import type { Settings } from "../settings/TenantSettings.ts"

export type { Services } from "./ServiceLayer.ts"

export type Runtime = ManagedRuntime.ManagedRuntime<Services, never>

export const makeRuntime = (
  settings: Settings,
  log: StderrLog.Options,
  retries: Retries,
  telemetry: Layer.Layer<never> = Layer.empty
): Runtime =>
  ManagedRuntime.make(
    Layer.unwrap(
      answeredBy(({ Services }) => Effect.succeed(Services.layer(settings, log, retries, telemetry)))
    )
  )
