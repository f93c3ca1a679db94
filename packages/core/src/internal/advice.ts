/** What a person can check and do, ordered by what the evidence suggests. It orders, and never names a reason. */
import * as BulkUploadStatus from "../BulkUploadStatus.ts"
import type * as CsvHeader from "../CsvHeader.ts"
import type { ImportEvent } from "./auditEvents.ts"

interface Evidence {
  readonly status: BulkUploadStatus.State
  readonly events: { readonly items: ReadonlyArray<ImportEvent> }
  readonly columns: CsvHeader.Faults | undefined
  readonly records:
    | {
        readonly total: number
        readonly newestCreatedAt?: string
        readonly newestChangedAt?: string
        readonly createdSince?: number
        readonly changedSince?: number
      }
    | undefined
  /** ISO 8601, UTC, or undefined if the time of the upload is not known. */
  readonly uploadedAt: string | undefined
  readonly hasHeader: boolean
}

/** SailPoint's limit for one source. */
const MAX_ACCOUNTS = 20_000

const IN_ROWS = [
  "In every row, manager is the account ID of an identity in SailPoint: not a name, not an email address.",
  "Dates are in ISO 8601, such as 2026-01-31."
]

export const checksFor = (evidence: Evidence): ReadonlyArray<string> => {
  const { columns, events, hasHeader, records, status, uploadedAt } = evidence
  const landed = hasLanded(evidence)
  const header = hasFaults(columns)
    ? ["The header: correct what columns lists as missing, unknown or a problem."]
    : []
  if (status === "COMPLETED" && landed === false) {
    return [
      ...header,
      `No record that the token may see was created or changed since ${uploadedAt}: make sure that the file went to this source, and that it had rows.`
    ]
  }
  if (status !== "ERROR") return header
  const ours = events.items.filter(({ certainty }) => certainty !== "near")
  const started = ours.findIndex(({ action }) => action === "NON_EMPLOYEE_BULK_IMPORT_STARTED")
  const ofNewest = started === -1 ? ours : ours.slice(0, started)
  const total = records?.total ?? 0
  /** Each check with the weight of what points to it. */
  const weighed: ReadonlyArray<readonly [weight: number, checks: ReadonlyArray<string>]> = [
    [
      9,
      ofNewest.some(({ action, text }) => action === "NON_EMPLOYEE_BULK_IMPORT_FAILED" && text !== undefined)
        ? ["SailPoint's own words in the text of this source's FAILED event."]
        : []
    ],
    [8, header],
    [landed === true ? 7 : 4, IN_ROWS],
    [
      total >= MAX_ACCOUNTS * 0.95 ? 8 : 2,
      [
        `A source holds at most ${MAX_ACCOUNTS} accounts${records && `; the token may see ${total} in this one`}.`
      ]
    ],
    [
      ours[started + 1]?.action === "NON_EMPLOYEE_BULK_IMPORT_STARTED" ? 7.5 : 3,
      ["No other upload to this source ran at the time: a second job that starts while one runs fails."]
    ],
    [
      5,
      hasHeader ? [] : ["The first line of the file has the columns that the source requires, spelled alike."]
    ]
  ]
  return weighed.toSorted(([a], [b]) => b - a).flatMap(([, checks]) => checks)
}

export const nextStepFor = (evidence: Evidence): string => {
  if (evidence.status !== "ERROR") return BulkUploadStatus.nextStep(evidence.status)
  const landed = hasLanded(evidence)
  const rows =
    landed === true
      ? "Some records were created or changed since the upload, perhaps by it: part of the file may have landed. "
      : ""
  return `${rows}The status may be that of an earlier upload, if this one was made moments ago or refused with 400. Go through checks in their order, correct the file, and upload it again once no job runs. SailPoint does not say which rows failed; do not name a reason that is not in an event's text.`
}

/** Whether a record was created or changed since the upload, by it or by anything else; undefined if that is not known. */
const hasLanded = ({ records, uploadedAt }: Evidence): boolean | undefined => {
  if (records === undefined || uploadedAt === undefined) return undefined
  const { changedSince = 0, createdSince = 0 } = records
  if (createdSince + changedSince > 0) return true
  const newest = [records.newestCreatedAt, records.newestChangedAt]
  if (newest.some((at) => at !== undefined && at >= uploadedAt)) return true
  return records.total > 0 && newest.includes(undefined) ? undefined : false
}

const hasFaults = (columns: Evidence["columns"]): boolean =>
  columns !== undefined && columns.missing.length + columns.unknown.length + columns.problems.length > 0
