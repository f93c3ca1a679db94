/**
 * A bulk-upload job: queued, then processed, then ended. Its state is read off the clock, so that a job costs
 * nothing while nobody asks, and a test moves it by moving the clock.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

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
  const age = now - job.submittedAt
  const pending = Duration.toMillis(Duration.fromInputUnsafe(job.timing.pending))
  const inProgress = Duration.toMillis(Duration.fromInputUnsafe(job.timing.inProgress))
  if (age < pending) return "PENDING"
  return age < pending + inProgress ? "IN_PROGRESS" : job.outcome
}

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
export const hasEnded = (job: Job, now: number): boolean => {
  const state = stateAt(job, now)
  return state === "COMPLETED" || state === "ERROR"
}

/** The columns that the sandbox wants in a file; a real source's template can ask for more. */
const REQUIRED_COLUMNS = ["accountName", "firstName", "lastName", "email", "manager"]

/**
 * How a job over this CSV ends: without errors when the header has the required columns and every row as many
 * cells as the header.
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
  const rows = csv
    .split(/\r?\n/u)
    .filter((row) => row.trim() !== "")
    .map((row) => row.split(","))
  const [header = [], ...people] = rows
  const columns = header.map((cell) => cell.trim())
  const complete =
    REQUIRED_COLUMNS.every((column) => columns.includes(column)) &&
    people.length > 0 &&
    people.every((row) => row.length === columns.length)
  return complete ? "COMPLETED" : "ERROR"
}
