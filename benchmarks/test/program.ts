/** A program that requests a status, with its settings in the code. */
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const Live = BulkUploads.layer({
  baseUrl: "https://acme.api.identitynow.com",
  auth: { clientId: "client-id", clientSecret: Redacted.make("client-secret") }
}).pipe(Layer.provide(FetchHttpClient.layer))

export const status = (sourceId: string) =>
  BulkUploads.getBulkUploadStatus(sourceId).pipe(Effect.provide(Live), Effect.runPromise)
