/**
 * The one runtime of the process, whose services are made when it first runs something.
 */
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { Retries, Services } from "./calls/Services.ts"
import * as Calls from "./Calls.ts"
import type { LogLevel } from "./Cli.ts"
import type { Settings } from "./Settings.ts"

export type { Services } from "./calls/Services.ts"

export type Runtime = ManagedRuntime.ManagedRuntime<Services, never>

export const makeRuntime = (
  settings: Settings,
  logLevel: LogLevel,
  retries: Retries,
  telemetry: Layer.Layer<never> = Layer.empty
): Runtime =>
  ManagedRuntime.make(Calls.layer(({ Services }) => Services.layer(settings, logLevel, retries, telemetry)))
