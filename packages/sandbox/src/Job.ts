/**
 * A bulk-upload job: queued, then processed, then ended. Its state is read off the clock, so that a job costs
 * nothing while nobody asks, and a test moves it by moving the clock.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as SchemaAttribute from "./SchemaAttribute.ts"
import * as CsvFile from "./tenant/CsvFile.ts"

/**
 * What SailPoint says of a job.
 *
 * @category models
 * @since 0.1.0
 */
export type State = "PENDING" | "IN_PROGRESS" | "COMPLETED" | "ERROR"

/**
 * How long a job stays in each of the two states before it ends.
 *
 * @category models
 * @since 0.1.0
 */
export interface Timing {
  readonly pending: Duration.Input
  readonly inProgress: Duration.Input
}

/**
 * A job that was accepted.
 *
 * @category models
 * @since 0.1.0
 */
export interface Job {
  /** Milliseconds since the epoch. */
  readonly submittedAt: number
  readonly timing: Timing
  readonly outcome: "COMPLETED" | "ERROR"
}

/**
 * The state of a job at a time (milliseconds since the epoch).
 *
 * @example
 * ```ts
 * import { Job } from "@sailpoint-bulk-upload/sandbox"
 *
 * const timing = { pending: "2 seconds", inProgress: "3 seconds" } as const
 * Job.stateAt({ submittedAt: 0, timing, outcome: "COMPLETED" }, 2_500) // "IN_PROGRESS"
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const stateAt = (job: Job, now: number): State => {
  if (now < startsAt(job)) return "PENDING"
  return now < endsAt(job) ? "IN_PROGRESS" : job.outcome
}

/**
 * When the job starts to be processed, in milliseconds since the epoch.
 *
 * @internal
 */
export const startsAt = (job: Job): number => job.submittedAt + millis(job.timing.pending)

/**
 * When the job ends, in milliseconds since the epoch.
 *
 * @internal
 */
export const endsAt = (job: Job): number => startsAt(job) + millis(job.timing.inProgress)

const millis = (duration: Duration.Input) => Duration.toMillis(Duration.fromInputUnsafe(duration))

/**
 * Whether the job has ended at a time (milliseconds since the epoch).
 *
 * @example
 * ```ts
 * import { Job } from "@sailpoint-bulk-upload/sandbox"
 *
 * const timing = { pending: "2 seconds", inProgress: "3 seconds" } as const
 * Job.hasEnded({ submittedAt: 0, timing, outcome: "ERROR" }, 5_000) // true
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const hasEnded = (job: Job, now: number): boolean => now >= endsAt(job)

/**
 * Returns how a job over this CSV ends on a source without custom attributes: in `ERROR` when a column is missing or
 * unknown, a row has another number of cells than the header, a required cell is empty, a date is not ISO 8601, or the
 * manager is `nobody`.
 *
 * @example
 * ```ts
 * import { Job } from "@sailpoint-bulk-upload/sandbox"
 *
 * Job.outcomeOf("accountName,firstName\nw.lee,Wren") // "ERROR": columns are missing
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const outcomeOf = (csv: string): Job["outcome"] => {
  const { malformed, rejected } = CsvFile.read(csv, SchemaAttribute.system)
  return malformed.length + rejected.length === 0 ? "COMPLETED" : "ERROR"
}
