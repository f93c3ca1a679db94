/**
 * The non-employee sources of the sandbox: one for each behavior of the API, with a name that describes it, and some for
 * uploads.
 */
import type * as Duration from "effect/Duration"
import { ADMIN_IDENTITY, MANAGER_IDENTITY } from "./Client.ts"
import * as Fault from "./Fault.ts"
import type { State } from "./Job.ts"
import type { SchemaAttribute } from "./SchemaAttribute.ts"

/** A source: its entry in the list of sources, the behavior of its status, and the outcome of its uploads. */
export interface Source {
  /** 32 hexadecimal digits. */
  readonly sourceId: string
  /** A UUID with dashes. */
  readonly id: string
  readonly name: string
  readonly description: string
  /** The status until a file is uploaded; if undefined, answers lack the key. */
  readonly status?: State | null
  /** The fault of every status request. */
  readonly fault?: Fault.Fault
  /** Limits the fault to every second request, so that a retry succeeds. */
  readonly everySecond?: boolean
  /** The identities of its account managers. Default: the administrator's. */
  readonly managers?: ReadonlyArray<string>
  /** Up to ten columns of its files, in addition to the eight of every source. */
  readonly attributes?: ReadonlyArray<SchemaAttribute>
  /** The number of records at the start, created 30 days before. Default: 0. */
  readonly records?: number
  /** An upload before the sandbox started: its rows, and how long before. The first rows change up to 5 `records`. */
  readonly past?: { readonly rows: number; readonly before: Duration.Input }
  /** If set, every upload to it, including `past`, ends in `ERROR` after none or half of its rows have landed. */
  readonly lands?: "none" | "half"
  /**
   * How the audit events of its uploads name it: all of them (the default), only the start (the others share its tracking
   * number), none of them, or without any event.
   */
  readonly events?: "named" | "tracked" | "unnamed" | "none"
}

/** Returns the two IDs of the nth source, which are stable and recognizably made up. */
const ids = (n: number) => {
  const digits = n.toString(16).padStart(4, "0")
  return {
    sourceId: `5a4d0000${"0".repeat(20)}${digits}`,
    id: `5a4d0000-0000-4000-8000-00000000${digits}`
  }
}

const ready = {
  description: "Ready for its first upload.",
  status: null,
  managers: [ADMIN_IDENTITY, MANAGER_IDENTITY]
}

const cases: ReadonlyArray<Omit<Source, "id" | "sourceId">> = [
  { name: "Contractors", ...ready },
  { name: "Retail", ...ready },
  { name: "Queued", description: "A job that stays PENDING.", status: "PENDING" },
  { name: "Running", description: "A job that stays IN_PROGRESS.", status: "IN_PROGRESS" },
  { name: "Done", description: "A job that is COMPLETED.", status: "COMPLETED" },
  { name: "Failed", description: "A job that ended in ERROR.", status: "ERROR" },
  { name: "No status", description: "Answers {}: the key is not required." },
  {
    name: "New status",
    description: "An unknown status value.",
    fault: { _tag: "Respond", status: 200, body: { status: "CANCELLED" } }
  },
  {
    name: "Deprecated",
    description: "Answers with X-Deprecated: true.",
    fault: {
      _tag: "Respond",
      status: 200,
      body: { status: "COMPLETED" },
      headers: { "x-deprecated": "true" }
    }
  },
  {
    name: "Busy",
    description: "Every second request is refused with 429 and Retry-After: 1.",
    status: "COMPLETED",
    fault: Fault.rateLimited("1"),
    everySecond: true
  },
  {
    name: "Blocked",
    description: "429 with Retry-After: 90, which also delays every other call of the client.",
    fault: Fault.rateLimited("90")
  },
  {
    name: "Unwell",
    description: "Every second request fails with 500.",
    status: "COMPLETED",
    fault: { _tag: "Respond", status: 500, body: errorBody(500, "500.0 Internal Fault", "Something broke.") },
    everySecond: true
  },
  {
    name: "Invalid",
    description: "400.",
    fault: {
      _tag: "Respond",
      status: 400,
      body: errorBody(400, "400.1 Bad Request Content", "The source is of another kind.")
    }
  },
  {
    name: "Private",
    description: "403 for every token.",
    fault: {
      _tag: "Respond",
      status: 403,
      body: errorBody(403, "403 Forbidden", "The user of this token may not see this source.")
    }
  },
  { name: "Gateway", description: "502 with an HTML page.", fault: Fault.gatewayPage(502) },
  {
    name: "Login page",
    description: "200 with an HTML page, as from a proxy in between.",
    fault: Fault.gatewayPage(200)
  },
  {
    name: "Slow",
    description: "The right answer after two seconds.",
    status: "COMPLETED",
    fault: { _tag: "Delay", duration: "2 seconds" }
  },
  { name: "Silent", description: "Accepts the request and never answers.", fault: { _tag: "Silent" } },
  { name: "Cut off", description: "Closes in the middle of the body.", fault: { _tag: "CutOff" } },
  { name: "Reset", description: "Closes before the first byte.", fault: { _tag: "Reset" } },
  { name: "Oversized", description: "A body of one megabyte.", fault: Fault.oversized(1_000_000) },
  { name: "Endless", description: "A body that never ends.", fault: { _tag: "Endless" } },
  {
    name: "Nothing landed",
    description: "An upload of 20 rows ended in ERROR before any landed, and without audit events.",
    records: 40,
    past: { rows: 20, before: "30 minutes" },
    lands: "none",
    events: "none"
  },
  {
    name: "Half landed",
    description: "An upload of 20 rows ended in ERROR after 10 of them.",
    records: 40,
    past: { rows: 20, before: "25 minutes" },
    lands: "half"
  },
  {
    name: "All landed",
    description: "An upload of 20 rows is COMPLETED: 15 new records, 5 changed ones.",
    records: 40,
    past: { rows: 20, before: "20 minutes" }
  },
  {
    name: "Custom columns",
    description: "Ready for an upload whose rows have a cost center, and may have a badge date.",
    status: null,
    attributes: [
      { technicalName: "costCenter", label: "Cost Center", type: "TEXT", required: true },
      { technicalName: "badgeDate", label: "Badge Date", type: "DATE", required: false }
    ]
  },
  {
    name: "Named events",
    description: "An upload ended in ERROR; every audit event of it names the source.",
    past: { rows: 3, before: "15 minutes" },
    lands: "none"
  },
  {
    name: "Tracked events",
    description:
      "An upload ended in ERROR; the event of its end shares only the tracking number with one that names the source.",
    past: { rows: 3, before: "10 minutes" },
    lands: "none",
    events: "tracked"
  },
  {
    name: "Unnamed events",
    description: "An upload ended in ERROR; no audit event of it names a source.",
    past: { rows: 3, before: "5 minutes" },
    lands: "none",
    events: "unnamed"
  }
]

/**
 * Returns an error body in the form that SailPoint documents for 400, 403 and 500.
 *
 * @example
 * ```ts
 * import { type Fault, Source } from "@sailpoint-bulk-upload/sandbox"
 *
 * const forbidden: Fault.Fault = {
 *   _tag: "Respond",
 *   status: 403,
 *   body: Source.errorBody(403, "403.1 Forbidden", "You may not.")
 * }
 * ```
 */
export function errorBody(status: number, detailCode: string, text: string) {
  return {
    detailCode,
    trackingId: `5a4dfa17${status.toString().padStart(24, "0")}`,
    messages: [{ locale: "en-US", localeOrigin: "DEFAULT", text }]
  }
}

/** The initial sources of every sandbox. */
export const seeded: ReadonlyArray<Source> = cases.map((source, index) => ({ ...ids(index + 1), ...source }))

/**
 * Returns the seeded source of that name. Throws if there is none.
 *
 * @example
 * ```ts
 * import { Source } from "@sailpoint-bulk-upload/sandbox"
 *
 * const { sourceId } = Source.named("Contractors")
 * ```
 */
export const named = (name: string): Source => {
  const source = seeded.find((source) => source.name === name)
  if (source === undefined) {
    throw new Error(
      `No seeded source is named "${name}". The names are: ${seeded.map((source) => source.name).join(", ")}.`
    )
  }
  return source
}
