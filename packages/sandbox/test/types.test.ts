/** The promises of the public types, which the compiler checks. */
import { describe, expectTypeOf, it } from "@effect/vitest"
import type * as Effect from "effect/Effect"
import type { ServeError } from "effect/http/HttpServerError"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type Client, type Fault, Sandbox, type Source } from "../src/index.ts"

describe("the public types", () => {
  it("let a sandbox be made without options, and fail only to listen", () => {
    expectTypeOf(Sandbox.layer).toBeCallableWith()
    expectTypeOf(Sandbox.layer).returns.toEqualTypeOf<Layer.Layer<Sandbox.Sandbox, ServeError>>()
    type Made = Effect.Effect<Sandbox.Service, ServeError, Scope.Scope>
    expectTypeOf(Sandbox.make).returns.toEqualTypeOf<Made>()
    expectTypeOf<Record<never, never>>().toExtend<Sandbox.Options>()
  })

  it("let no method of a sandbox fail", () => {
    expectTypeOf<Sandbox.Service["upload"]>().returns.toEqualTypeOf<Effect.Effect<void>>()
    expectTypeOf<Sandbox.Service["fail"]>().returns.toEqualTypeOf<Effect.Effect<void>>()
    type Received = Effect.Effect<ReadonlyArray<Sandbox.Received>>
    expectTypeOf<Sandbox.Service["received"]>().toEqualTypeOf<Received>()
  })

  it("require what a fault, a source and a client need", () => {
    expectTypeOf<{ readonly _tag: "Delay" }>().not.toExtend<Fault.Fault>()
    expectTypeOf<{ readonly _tag: "Respond"; readonly status: 503 }>().toExtend<Fault.Fault>()
    type Named = Record<"id" | "sourceId" | "name" | "description", string>
    expectTypeOf<Named>().toExtend<Source.Source>()
    type Credentials = Pick<Client.Client, "clientId" | "clientSecret" | "scopes" | "lifetime">
    expectTypeOf<Credentials>().toExtend<Client.Client>()
  })
})
