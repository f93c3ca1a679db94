/** What the types promise: looked at by the compiler, and by vitest for the record. */
import { describe, expectTypeOf, it } from "@effect/vitest"
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import type * as Layer from "effect/Layer"
import type * as Schedule from "effect/Schedule"
import type { BulkUploadError } from "../src/index.ts"
import {
  BulkUploads,
  type BulkUploadStatus,
  getBulkUploadStatus,
  RetryPolicy,
  type Tenant
} from "../src/index.ts"

const status = getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d")

describe("the public types", () => {
  it("the call is an Effect of a status, the union, and the service", () => {
    expectTypeOf(status).toEqualTypeOf<
      Effect.Effect<
        BulkUploadStatus.BulkUploadStatus,
        BulkUploadError.BulkUploadError,
        BulkUploads.BulkUploads
      >
    >()
    expectTypeOf<BulkUploadStatus.State>().toEqualTypeOf<
      "PENDING" | "IN_PROGRESS" | "COMPLETED" | "ERROR" | null
    >()
  })

  it("catchTags leaves over what was not caught", () => {
    const caught = Effect.catchTags(status, {
      RateLimited: () => Effect.succeed("later"),
      Forbidden: () => Effect.succeed("never")
    })
    expectTypeOf<Effect.Error<typeof caught>["_tag"]>().toEqualTypeOf<
      | "InvalidSourceId"
      | "BadRequest"
      | "Unauthorized"
      | "NotFound"
      | "ServerError"
      | "UnexpectedResponse"
      | "RequestTimeout"
      | "ConnectionFailed"
      | "AuthenticationFailed"
    >()
  })

  it("the layers need an HTTP client and nothing else", () => {
    expectTypeOf(BulkUploads.layer).returns.toEqualTypeOf<
      Layer.Layer<BulkUploads.BulkUploads, Tenant.InvalidBaseUrl, HttpClient>
    >()
    expectTypeOf(BulkUploads.layerConfig).toEqualTypeOf<
      Layer.Layer<BulkUploads.BulkUploads, Config.ConfigError | Tenant.InvalidBaseUrl, HttpClient>
    >()
  })

  it("a retry policy is a Schedule over the union", () => {
    expectTypeOf(RetryPolicy.make()).toEqualTypeOf<
      Schedule.Schedule<unknown, BulkUploadError.BulkUploadError>
    >()
  })
})
