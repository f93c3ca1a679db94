/**
 * A bulk-upload job: queued, then processed, then ended. Its state depends only on the clock, so a job needs no timer,
 * and a test clock moves it.
 */
import * as Duration from "effect/Duration"
import * as SchemaAttribute from "./SchemaAttribute.ts"
import * as CsvFile from "./tenant/CsvFile.ts"

/** The status of a job. */
export type State = "PENDING" | "IN_PROGRESS" | "COMPLETED" | "ERROR"

/** The durations of the two states before a job ends. */
export interface Timing {
  readonly pending: Duration.Input
  readonly inProgress: Duration.Input
}

/** An accepted job. */
export interface Job {
  /** Milliseconds since the epoch. */
  readonly submittedAt: number
  readonly timing: Timing
  readonly outcome: "COMPLETED" | "ERROR"
}

/**
 * Returns the state of a job at a time (milliseconds since the epoch).
 *
 * @example
 * ```ts
 * import { Job } from "@sailpoint-bulk-upload/sandbox"
 *
 * const timing = { pending: "2 seconds", inProgress: "3 seconds" } as const
 * Job.stateAt({ submittedAt: 0, timing, outcome: "COMPLETED" }, 2_500) // "IN_PROGRESS"
 * ```
 */
export const stateAt = (job: Job, now: number): State => {
  if (now < startsAt(job)) return "PENDING"
  return now < endsAt(job) ? "IN_PROGRESS" : job.outcome
}

/** Returns the start of processing, in milliseconds since the epoch. @internal */
export const startsAt = (job: Job): number => job.submittedAt + millis(job.timing.pending)

/** Returns the end of the job, in milliseconds since the epoch. @internal */
export const endsAt = (job: Job): number => startsAt(job) + millis(job.timing.inProgress)

const millis = (duration: Duration.Input) => Duration.toMillis(Duration.fromInputUnsafe(duration))

/** Returns whether the job has ended at a time (milliseconds since the epoch). */
export const hasEnded = (job: Job, now: number): boolean => now >= endsAt(job)

/**
 * Returns the outcome of a job with this CSV on a source without custom attributes: `ERROR` if there is no row, a column
 * is missing, unknown or repeated, a row has more or fewer cells than the header, a required cell is empty, a date is not
 * ISO 8601, or the manager is `nobody`.
 *
 * @example
 * ```ts
 * import { Job } from "@sailpoint-bulk-upload/sandbox"
 *
 * Job.outcomeOf("accountName,firstName\nw.lee,Wren") // "ERROR": columns are missing
 * ```
 */
export const outcomeOf = (csv: string): Job["outcome"] => {
  const { malformed, rejected } = CsvFile.read(csv, SchemaAttribute.system)
  return malformed.length + rejected.length === 0 ? "COMPLETED" : "ERROR"
}
