/** The public types, which the compiler checks. */
import { describe, expectTypeOf, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Result from "effect/Result"
import {
  ApiClient,
  type BulkUploadError,
  BulkUploads,
  type BulkUploadStatus,
  getBulkUploadStatus,
  NonEmployeeSources,
  RetryPolicy,
  type Settings,
  SourceId,
  type Watch
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

  it("each of many sources fails alone", () => {
    const statuses = Effect.flatMap(BulkUploads.BulkUploads, (uploads) => uploads.statuses(["a", "b"]))
    expectTypeOf(statuses).toEqualTypeOf<
      Effect.Effect<
        ReadonlyArray<Result.Result<BulkUploadStatus.BulkUploadStatus, BulkUploadError.BulkUploadError>>,
        never,
        BulkUploads.BulkUploads
      >
    >()
  })

  it("awaitSettled returns a settled status, and can time out", () => {
    const settled = Effect.flatMap(BulkUploads.BulkUploads, (uploads) =>
      uploads.awaitSettled("a", { timeout: "1 minute" })
    )
    expectTypeOf<Effect.Success<typeof settled>["status"]>().toEqualTypeOf<"COMPLETED" | "ERROR">()
    expectTypeOf<Effect.Error<typeof settled>>().toEqualTypeOf<
      BulkUploadError.BulkUploadError | Watch.NotSettled
    >()
    expectTypeOf<Effect.Services<typeof settled>>().toEqualTypeOf<BulkUploads.BulkUploads>()
  })

  it("the layers need an HTTP client and nothing else", () => {
    expectTypeOf(BulkUploads.layer).returns.toEqualTypeOf<
      Layer.Layer<BulkUploads.BulkUploads, ApiClient.InvalidBaseUrl, HttpClient>
    >()
    type ConfigErrors = Config.ConfigError | Settings.InvalidSettings | ApiClient.InvalidBaseUrl
    expectTypeOf(BulkUploads.layerConfig).returns.toEqualTypeOf<
      Layer.Layer<BulkUploads.BulkUploads, ConfigErrors, HttpClient>
    >()
  })

  it("two services over one client need it once", () => {
    const both = Layer.mergeAll(BulkUploads.layerApiClient, NonEmployeeSources.layerApiClient)
    expectTypeOf(both).toEqualTypeOf<
      Layer.Layer<BulkUploads.BulkUploads | NonEmployeeSources.NonEmployeeSources, never, ApiClient.ApiClient>
    >()
    const live = both.pipe(Layer.provide(ApiClient.layerConfig()), Layer.provide(FetchHttpClient.layer))
    expectTypeOf<Layer.Services<typeof live>>().toEqualTypeOf<never>()
  })

  it("every option is a plain value or a Config, and no other option compiles", () => {
    BulkUploads.layerConfig({
      baseUrl: Config.String("URL"),
      apiVersion: "v2025",
      allowedHosts: Config.map(Config.String("HOST"), (host) => [host]),
      auth: Config.all({ clientId: Config.String("ID"), clientSecret: Config.Redacted("SECRET") }),
      attemptTimeout: Config.Duration("TIMEOUT"),
      retryPolicy: Config.map(Config.Int("RETRIES"), (retries) => RetryPolicy.make({ retries })),
      requestBudget: Config.map(Config.Int("REQUESTS"), (requests) => ({ requests })),
      transformClient: (client) => client
    })
    // @ts-expect-error Misspelled: it would be ignored.
    BulkUploads.layerConfig({ retrypolicy: RetryPolicy.none })
    // @ts-expect-error Not a policy.
    BulkUploads.layer({ baseUrl: "", auth: {} as ApiClient.Options["auth"], retryPolicy: { retries: 1 } })
  })

  it("a checked ID is branded, and a secret is never a plain string", () => {
    expectTypeOf<string>().not.toExtend<SourceId.SourceId>()
    expectTypeOf(SourceId.fromString).returns.toEqualTypeOf<
      Effect.Effect<SourceId.SourceId, BulkUploadError.InvalidSourceId>
    >()
    expectTypeOf<ApiClient.Options["auth"]>().toEqualTypeOf<
      | { readonly accessToken: Redacted.Redacted | Effect.Effect<Redacted.Redacted> }
      | {
          readonly clientId: string
          readonly clientSecret: Redacted.Redacted | Effect.Effect<Redacted.Redacted>
        }
    >()
    // @ts-expect-error A secret has to be wrapped, so that it is not printed by accident.
    BulkUploads.layer({ baseUrl: "", auth: { accessToken: "secret" } })
  })
})
