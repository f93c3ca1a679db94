/**
 * The exit codes of the command, which scripts branch on.
 */
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import type { State } from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"

export const COMPLETED = 0
export const FAILED = 1
export const WRONG_USAGE = 2
export const TIMED_OUT = 3
export const REFUSED = 4
export const ERROR = 5
export const UNSETTLED = 8

/** The table of the help text and of the documents. */
export const MEANINGS: ReadonlyArray<readonly [code: number, meaning: string]> = [
  [COMPLETED, "COMPLETED (sources: the list was printed)"],
  [FAILED, "another failure, for example SailPoint cannot be reached"],
  [WRONG_USAGE, "wrong usage or settings, or an unknown or ambiguous source"],
  [TIMED_OUT, "the wait timed out"],
  [REFUSED, "credentials or permissions are missing"],
  [ERROR, "ERROR"],
  [UNSETTLED, "PENDING, IN_PROGRESS or null (status, explain)"],
  [130, "interrupted"]
]

/** Returns the exit code of `status` and `explain` for a status. */
export const ofStatus = (status: State): number =>
  status === "COMPLETED" ? COMPLETED : status === "ERROR" ? ERROR : UNSETTLED

const OF_TAG: Readonly<Record<string, number>> = {
  WrongUsage: WRONG_USAGE,
  InvalidSettings: WRONG_USAGE,
  ConfigError: WRONG_USAGE,
  InvalidBaseUrl: WRONG_USAGE,
  InvalidSourceId: WRONG_USAGE,
  NotFound: WRONG_USAGE,
  SourceNotFound: WRONG_USAGE,
  AmbiguousSource: WRONG_USAGE,
  Unauthorized: REFUSED,
  AuthenticationFailed: REFUSED,
  Forbidden: REFUSED
} satisfies Partial<Record<BulkUploadError["_tag"], number>> & Record<string, number>

/** Returns the exit code for a failure with this tag. */
export const ofTag = (tag: string): number => OF_TAG[tag] ?? FAILED

const WORST_FIRST = [WRONG_USAGE, REFUSED, FAILED, ERROR, UNSETTLED]

/** Returns the exit code for several sources, the first of `WORST_FIRST` among theirs. */
export const worst = (codes: ReadonlyArray<number>): number =>
  WORST_FIRST.find((code) => codes.includes(code)) ?? COMPLETED

/** The end of a command; Effect's main runner reads the exit code from it. */
export class End extends Data.TaggedError("End")<{ readonly code: number }> {
  override readonly [Runtime.errorExitCode] = this.code
}

/** Ends a command with this code; with 0, it succeeds. */
export const end = (code: number): Effect.Effect<void, End> =>
  code === COMPLETED ? Effect.void : Effect.fail(new End({ code }))
