/** Checks for the user, ordered by the evidence, and a next step. They never name a reason. */
import * as DateTime from "effect/DateTime"
import * as BulkUploadStatus from "../BulkUploadStatus.ts"
import type * as CsvHeader from "../CsvHeader.ts"
import type { ImportEvent } from "./auditEvents.ts"
import type { Records } from "./records.ts"

interface Evidence {
  readonly status: BulkUploadStatus.State
  readonly events: { readonly items: ReadonlyArray<ImportEvent> }
  readonly columns: (CsvHeader.Columns & CsvHeader.Faults) | undefined
  readonly records: Records | undefined
  readonly uploadedAt: DateTime.Utc | undefined
  readonly csvHeader: string | undefined
}

/** SailPoint's limit for one source. */
const MAX_ACCOUNTS = 20_000

const WORDS = "SailPoint's own words in the text of this source's FAILED event."
const HEADER = "The header: correct everything that columns lists as missing, unknown or a problem."
const COLUMNS = "The first line of the file has the columns that the source requires, with the same spelling."
const OVERLAP =
  "No other upload to this source ran at the time: a second job that starts while one runs fails."
const IN_ROWS = [
  "In every row, manager is the account ID of an identity in SailPoint: not a name, not an email address.",
  "Dates are in ISO 8601, such as 2026-01-31."
]

const EARLIER =
  "The status may be that of an earlier upload, if this one was made moments ago or SailPoint refused it with 400."

export const checksFor = (evidence: Evidence): ReadonlyArray<string> => {
  const { columns, csvHeader, events, records, status, uploadedAt } = evidence
  const landed = hasLanded(evidence)
  const isFaulty = hasFaults(columns)
  const header = isFaulty ? [HEADER] : []
  if (status === "COMPLETED" && landed === false && uploadedAt !== undefined) {
    return [
      ...header,
      `No record that the token may see was created or changed since ${DateTime.formatIso(uploadedAt)}: make sure that the file went to this source, and that it had rows.`
    ]
  }
  if (status !== "ERROR") return header
  const ours = events.items.filter(({ certainty }) => certainty !== "near")
  const started = ours.findIndex(isStart)
  const ofNewest = started === -1 ? ours : ours.slice(0, started)
  const hasWords = ofNewest.find(({ action }) => action.endsWith("_FAILED"))?.text !== undefined
  const overlaps = ours.slice(started + 1, started + 2).some(isStart)
  const isNearLimit = records !== undefined && records.total >= MAX_ACCOUNTS * 0.95
  const seen = records === undefined ? "" : `; the token may see ${records.total} in this one`
  const limit = `A source holds at most ${MAX_ACCOUNTS} accounts${seen}.`
  const ordered: ReadonlyArray<readonly [applies: boolean, ...checks: ReadonlyArray<string>]> = [
    [hasWords, WORDS],
    [isFaulty, HEADER],
    [isNearLimit, limit],
    [overlaps, OVERLAP],
    [landed === true, ...IN_ROWS],
    [csvHeader === undefined || columns?.required.length === 0, COLUMNS],
    [landed !== true, ...IN_ROWS],
    [!overlaps, OVERLAP],
    [!isNearLimit, limit]
  ]
  return ordered.flatMap(([applies, ...checks]) => (applies ? checks : []))
}

const isStart = ({ action }: ImportEvent): boolean => action.endsWith("_STARTED")

export const nextStepFor = (evidence: Evidence, checks: ReadonlyArray<string>): string => {
  if (evidence.status === "COMPLETED" && checks.length > 0) return `${EARLIER} Go through checks.`
  if (evidence.status !== "ERROR") return BulkUploadStatus.nextStep(evidence.status)
  const landed =
    hasLanded(evidence) === true
      ? "Some records were created or changed since the upload, perhaps by it: part of the file may have landed. "
      : ""
  return `${landed}${EARLIER} Go through checks in their order, correct the file, and upload it again once no job runs. SailPoint does not say which rows failed; do not name a reason that is not in an event's text.`
}

/** Whether a record was created or changed since the upload, by it or by anything else; undefined if that is unknown. */
const hasLanded = ({ records, uploadedAt }: Evidence): boolean | undefined => {
  if (records === undefined || uploadedAt === undefined) return undefined
  const { changedSince = 0, createdSince = 0, newestChangedAt, newestCreatedAt, total } = records
  const newest = [newestCreatedAt, newestChangedAt]
  if (createdSince + changedSince > 0) return true
  if (newest.some((at) => at !== undefined && at >= DateTime.formatIso(uploadedAt))) return true
  return total > 0 && newest.includes(undefined) ? undefined : false
}

const hasFaults = (columns: Evidence["columns"]): boolean =>
  columns !== undefined &&
  [columns.missing, columns.unknown, columns.problems].some(({ length }) => length > 0)
