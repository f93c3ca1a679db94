/** Like `program.ts`, with the settings from the environment. */
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"

const Live = BulkUploads.layerConfig().pipe(Layer.provide(FetchHttpClient.layer))

export const status = (sourceId: string) =>
  BulkUploads.getBulkUploadStatus(sourceId).pipe(Effect.provide(Live), Effect.runPromise)
