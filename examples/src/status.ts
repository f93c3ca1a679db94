/**
 * One status, and a reaction to each of its failures. Run it with `pnpm example status`.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { BulkUploads, BulkUploadStatus, getBulkUploadStatus } from "@sailpoint-bulk-upload/core"
import { Environment, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"

const Live = BulkUploads.layerConfig().pipe(
  Layer.provide(FetchHttpClient.layer),
  // Without this line, the program uses the tenant in SAIL_BASE_URL, SAIL_CLIENT_ID and SAIL_CLIENT_SECRET.
  Layer.provide(Environment.layer())
)

/** Prints the status, a specific line for two errors, or the message of any other error. */
const print = (sourceId: string) =>
  getBulkUploadStatus(sourceId).pipe(
    Effect.flatMap(({ status }) =>
      Console.log(
        `${status ?? "no status"}: ${BulkUploadStatus.meaning(status)} ${BulkUploadStatus.nextStep(status)}`
      )
    ),
    Effect.catchTags({
      InvalidSourceId: ({ summary }) => Console.log(`Not requested: ${summary}`),
      Forbidden: ({ nextStep, trackingId }) =>
        Console.log(`For the administrator: ${nextStep} (tracking ID ${trackingId})`)
    }),
    Effect.catch(({ message, retryable }) =>
      Console.log(`${retryable ? "Retry later" : "Fix first"}: ${message}`)
    )
  )

const main = Effect.forEach(
  [
    Source.named("Done").sourceId,
    Source.named("Failed").id,
    Source.named("Contractors").sourceId,
    Source.named("Private").sourceId,
    Source.named("Login page").sourceId,
    "Contractors"
  ],
  print,
  { discard: true }
)

NodeRuntime.runMain(Effect.provide(main, Live))
