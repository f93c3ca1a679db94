/** An accepted upload, and the outcome of its rows. */
import type * as Job from "../Job.ts"
import type { Source } from "../Source.ts"
import type { CsvFile } from "./CsvFile.ts"

export interface Upload {
  /** The ID of its job. */
  readonly id: string
  readonly source: Source
  /** The client that uploaded. */
  readonly actor: string
  readonly job: Job.Job
  /** The first ten reasons for the job's failure, as sentences. */
  readonly problems: ReadonlyArray<string>
  /** The accounts that land when the job ends; empty after that. */
  accounts: ReadonlyArray<string>
  created: number
  changed: number
}

export interface Accepted {
  readonly n: number
  readonly source: Source
  readonly actor: string
  readonly submittedAt: number
  readonly timing: Job.Timing
  readonly file: CsvFile
  /** The reason why even a valid file cannot be imported. */
  readonly obstacle?: string | undefined
}

export const make = ({ actor, file, n, obstacle, source, submittedAt, timing }: Accepted): Upload => {
  const landing = source.lands === "half" ? Math.floor(file.accounts.length / 2) : 0
  const problems = [
    ...(obstacle === undefined ? [] : [obstacle]),
    ...file.malformed,
    ...file.rejected,
    ...(source.lands === undefined
      ? []
      : [`The import stopped after ${landing} of ${file.accounts.length} rows.`])
  ].slice(0, 10)
  const failed = problems.length > 0
  return {
    id: `5a4d10b0${n.toString(16).padStart(24, "0")}`,
    source,
    actor,
    job: { submittedAt, timing, outcome: failed ? "ERROR" : "COMPLETED" },
    problems,
    accounts: failed ? (obstacle === undefined ? file.accounts.slice(0, landing) : []) : file.accounts,
    created: 0,
    changed: 0
  }
}
