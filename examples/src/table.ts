/**
 * Forty sources as a table: each has a separate status or error, so one failure does not affect the others. Run it
 * with `pnpm example table`.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { ApiClient, BulkUploads, BulkUploadStatus, NonEmployeeSources } from "@sailpoint-bulk-upload/core"
import { Environment, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Arr from "effect/Array"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"

/** The table has ten sources of each kind. */
const KINDS: ReadonlyArray<Source.Source> = [
  { ...Source.named("Done"), name: "Contractors" },
  { ...Source.named("Running"), name: "Interns" },
  { ...Source.named("Failed"), name: "Partners" },
  { ...Source.named("Private"), name: "Vendors" }
]
const CITIES = ["Accra", "Bergen", "Cusco", "Delhi", "Essen", "Fez", "Graz", "Hobart", "Izmir", "Jena"]

const FORTY: ReadonlyArray<Source.Source> = KINDS.flatMap((kind, row) =>
  CITIES.map((city, column) => {
    const digits = String(row * CITIES.length + column).padStart(12, "0")
    return {
      ...kind,
      name: `${kind.name} ${city}`,
      sourceId: `${"a".repeat(20)}${digits}`,
      id: `aaaaaaaa-aaaa-4aaa-8aaa-${digits}`
    }
  })
)

// Both services use one API client, so they share the token and the rate limit.
const Live = Layer.mergeAll(BulkUploads.layerApiClient, NonEmployeeSources.layerApiClient).pipe(
  Layer.provide(ApiClient.layerConfig()),
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(Environment.layer({ sources: FORTY }))
)

const main = Effect.gen(function* () {
  const sources = yield* (yield* NonEmployeeSources.NonEmployeeSources).list()
  const uploads = yield* BulkUploads.BulkUploads
  const results = yield* uploads.statuses(
    sources.map(({ sourceId }) => sourceId),
    { concurrency: 10 }
  )
  const rows = Arr.zipWith(sources, results, ({ name }, result) =>
    Result.match(result, {
      onFailure: (error) => ({ name, status: error._tag, nextStep: error.nextStep }),
      onSuccess: ({ status }) => ({
        name,
        status: status ?? "null",
        nextStep: status === "COMPLETED" ? undefined : BulkUploadStatus.nextStep(status)
      })
    })
  )
  const width = Math.max(...rows.map(({ name }) => name.length))
  yield* Console.log(`${"SOURCE".padEnd(width)}  STATUS`)
  yield* Effect.forEach(rows, ({ name, status }) => Console.log(`${name.padEnd(width)}  ${status}`))
  const todo = Arr.groupBy(
    rows.filter(({ nextStep }) => nextStep !== undefined),
    ({ nextStep, status }) => `${status}: ${nextStep}`
  )
  for (const [advice, affected] of Object.entries(todo)) {
    yield* Console.log(`\n${affected.length} of ${rows.length} are ${advice}`)
  }
})

NodeRuntime.runMain(Effect.provide(main, Live))
