/**
 * The audit events of an upload in the index `events`. SailPoint documents their actions and type, but not whether they name
 * the source, so each source chooses.
 */
import * as Job from "../Job.ts"
import { isoOf } from "./isoOf.ts"
import * as Person from "./Person.ts"
import type { Upload } from "./Upload.ts"

export interface AuditEvent {
  readonly id: string
  readonly action: string
  readonly created: string
  readonly [field: string]: unknown
}

/** Yields the events up to a time, in milliseconds since the epoch. */
export function* eventsOf(upload: Upload, now: number): Generator<AuditEvent> {
  const { changed, created, job, problems, source } = upload
  const { events: naming = "named" } = source
  if (naming === "none" || now < Job.startsAt(job)) return
  const named = { sourceId: source.sourceId, sourceName: source.name }
  yield toEvent(
    upload,
    0,
    "BULK_IMPORT_STARTED",
    Job.startsAt(job),
    naming === "unnamed" ? {} : { attributes: named }
  )
  if (!Job.hasEnded(job, now)) return
  const end = Job.endsAt(job)
  const attributes = naming === "named" ? named : {}
  const landed = created + changed
  for (let row = 1; row <= landed; row += 1) {
    const { firstName, lastName } = Person.nth(row)
    yield toEvent(upload, row, row <= created ? "CREATE_PASSED" : "UPDATE_PASSED", end, {
      attributes,
      target: { name: `${firstName} ${lastName}` }
    })
  }
  yield job.outcome === "COMPLETED"
    ? toEvent(upload, landed + 1, "BULK_IMPORT_PASSED", end, { attributes })
    : toEvent(upload, landed + 1, "BULK_IMPORT_FAILED", end, {
        attributes: { ...attributes, errors: problems }
      })
}

const toEvent = (
  { actor, id }: Upload,
  n: number,
  kind: string,
  at: number,
  more: { readonly attributes?: object; readonly target?: { readonly name: string } }
): AuditEvent => ({
  id: `${id}${n.toString(16).padStart(32, "0")}`,
  name: kind.toLowerCase().replaceAll("_", " "),
  action: `NON_EMPLOYEE_${kind}`,
  type: "NON_EMPLOYEE",
  created: isoOf(at),
  synced: isoOf(at),
  actor: { name: actor },
  trackingNumber: `5a4d7ac0${id.slice(8)}`,
  status: kind.slice(kind.lastIndexOf("_") + 1),
  stack: "sandbox",
  pod: "sandbox",
  org: "sandbox",
  _type: "event",
  _version: "v2",
  ...more
})
