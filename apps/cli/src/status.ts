import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import { statusReport } from "@sailpoint-bulk-upload/core/workspace"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Result from "effect/Result"
import { findSource, json, NAME, running, source } from "./command.ts"
import * as ExitCode from "./ExitCode.ts"
import { toJson, toText } from "./failure.ts"
import * as output from "./output.ts"

export const status = Command.make(
  "status",
  { sources: source.pipe(Argument.variadic({ min: 1 })), json },
  running(
    Effect.fn("cli.status")(function* ({ json, sources }) {
      const { check } = yield* BulkUploads
      const results = yield* Effect.forEach(
        sources,
        (source) => Effect.result(Effect.flatMap(findSource(source), ({ sourceId }) => check(sourceId))),
        { concurrency: "unbounded" }
      )
      const [first] = results
      if (json) {
        const documents = results.map((result) =>
          Result.isSuccess(result)
            ? statusReport(result.success, result.success.checkedAt)
            : toJson(result.failure)
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
      const codes = results.map((result) =>
        Result.isSuccess(result)
          ? ExitCode.ofStatus(result.success.status)
          : ExitCode.ofTag(result.failure._tag)
      )
      return yield* ExitCode.end(ExitCode.worst(codes))
    })
  )
).pipe(
  Command.withDescription("Print the status of the newest bulk upload of each source."),
  Command.withExamples([
    { command: `${NAME} status Contractors`, description: "One source, by name" },
    { command: `${NAME} status Contractors Retail --json`, description: "Several sources, as JSON" }
  ])
)
