/** What the types promise: looked at by the compiler, and by vitest for the record. */
import { describe, expectTypeOf, it } from "@effect/vitest"
import type * as Effect from "effect/Effect"
import type { ServeError } from "effect/http/HttpServerError"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import {
  type Client,
  type Fault,
  type Job,
  type Limiter,
  Sandbox,
  type SchemaAttribute,
  Source
} from "../src/index.ts"

describe("the public types", () => {
  it("a sandbox as a layer needs nothing, and can only fail to listen", () => {
    expectTypeOf(Sandbox.layer).returns.toEqualTypeOf<Layer.Layer<Sandbox.Sandbox, ServeError>>()
    expectTypeOf(Sandbox.layer).toBeCallableWith()
  })

  it("a sandbox of one's own lives as long as a scope", () => {
    expectTypeOf(Sandbox.make).returns.toEqualTypeOf<
      Effect.Effect<Sandbox.Service, ServeError, Scope.Scope>
    >()
  })

  it("every option can be left out", () => {
    expectTypeOf<Record<never, never>>().toExtend<Sandbox.Options>()
    expectTypeOf<keyof Sandbox.Options>().toEqualTypeOf<
      "port" | "limit" | "jobTiming" | "sources" | "clients" | "maxReceived"
    >()
    expectTypeOf<Sandbox.Options["limit"]>().toEqualTypeOf<Limiter.Limit | undefined>()
    expectTypeOf<Sandbox.Options["jobTiming"]>().toEqualTypeOf<Job.Timing | undefined>()
    expectTypeOf<Sandbox.Options["clients"]>().toEqualTypeOf<ReadonlyArray<Client.Client> | undefined>()
  })

  it("what a test asks of it cannot fail", () => {
    expectTypeOf<Sandbox.Service["upload"]>().returns.toEqualTypeOf<Effect.Effect<void>>()
    expectTypeOf<Sandbox.Service["fail"]>().returns.toEqualTypeOf<Effect.Effect<void>>()
    expectTypeOf<Sandbox.Service["received"]>().toEqualTypeOf<
      Effect.Effect<ReadonlyArray<Sandbox.Received>>
    >()
  })

  it("a fault is one of those there are, with what it needs", () => {
    expectTypeOf<Fault.Fault["_tag"]>().toEqualTypeOf<
      "Respond" | "Delay" | "Silent" | "Reset" | "CutOff" | "Echo" | "Endless" | "Drip"
    >()
    expectTypeOf<{ readonly _tag: "Delay" }>().not.toExtend<Fault.Fault>()
    expectTypeOf<{ readonly _tag: "Respond"; readonly status: 503 }>().toExtend<Fault.Fault>()
  })

  it("a source needs its IDs, name and description only, and a client its credentials, scopes and lifetime", () => {
    type Named = Record<"id" | "sourceId" | "name" | "description", string>
    expectTypeOf<Named>().toExtend<Source.Source>()
    type Credentials = Record<"clientId" | "clientSecret", string> &
      Pick<Client.Client, "scopes" | "lifetime">
    expectTypeOf<Credentials>().toExtend<Client.Client>()
    expectTypeOf<Source.Source["events"]>().toEqualTypeOf<
      "named" | "tracked" | "unnamed" | "none" | undefined
    >()
    expectTypeOf<Source.Source["attributes"]>().toEqualTypeOf<
      ReadonlyArray<SchemaAttribute.SchemaAttribute> | undefined
    >()
  })

  it("a source is found by its name, or not at all", () => {
    expectTypeOf(Source.named).returns.toEqualTypeOf<Source.Source>()
  })
})
