/**
 * `status`: the status of one or several sources, now.
 */
import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { End } from "./End.ts"
import * as ExitCode from "./ExitCode.ts"
import { toJson, toText } from "./failure.ts"
import * as output from "./output.ts"
import { report } from "./report.ts"
import { resolveSource } from "./resolveSource.ts"

export interface Input {
  readonly sources: ReadonlyArray<string>
  readonly json: boolean
}

export const status = Effect.fn("cli.status")(function* ({ json, sources }: Input) {
  const { check } = yield* BulkUploads
  const results = yield* Effect.forEach(
    sources,
    (source) => Effect.result(Effect.flatMap(resolveSource(source), ({ sourceId }) => check(sourceId))),
    { concurrency: "unbounded" }
  )
  const [first] = results
  if (json) {
    const documents = results.map((result) =>
      Result.isSuccess(result) ? report(result.success) : toJson(result.failure)
    )
    yield* output.json(documents.length === 1 ? documents[0] : documents)
  } else if (results.length > 1) {
    const rows = results.map((result, index) => [
      sources[index] ?? "",
      Result.isSuccess(result) ? String(result.success.status) : result.failure._tag
    ])
    yield* output.result(output.table([["SOURCE", "STATUS"], ...rows]))
  } else if (first !== undefined && Result.isSuccess(first)) {
    yield* output.result(String(first.success.status))
    yield* output.note(BulkUploadStatus.meaning(first.success.status))
  }
  for (const result of results) if (Result.isFailure(result)) yield* output.note(toText(result.failure))
  return yield* End.with(
    ExitCode.worst(
      results.map((result) =>
        Result.isSuccess(result)
          ? ExitCode.ofStatus(result.success.status)
          : ExitCode.ofTag(result.failure._tag)
      )
    )
  )
})
