/** The state of the sandbox: clients and tokens, sources, uploads and records. Times are milliseconds since the epoch. */
import * as Duration from "effect/Duration"
import * as Client from "../Client.ts"
import type { Fault } from "../Fault.ts"
import * as Job from "../Job.ts"
import type { Limiter } from "../Limiter.ts"
import * as SchemaAttribute from "../SchemaAttribute.ts"
import type { Source } from "../Source.ts"
import * as CsvFile from "./CsvFile.ts"
import * as Person from "./Person.ts"
import * as Records from "./Records.ts"
import * as Upload from "./Upload.ts"

export interface Options {
  readonly clients: ReadonlyArray<Client.Client>
  readonly sources: ReadonlyArray<Source>
  readonly limiter: Limiter
  readonly jobTiming: Job.Timing
  readonly startedAt: number
}

/** Bounds the memory of a sandbox that runs for days. */
const MAX_UPLOADS = 250

const DAY = Duration.toMillis("1 day")

/** The number of accounts of a past upload that already existed, so that it changes some and creates others. */
const KNOWN_ACCOUNTS = 5

export class Tenant {
  readonly tokens = new Client.Tokens()
  readonly clients: ReadonlyArray<Client.Client>
  readonly sources: ReadonlyArray<Source>
  readonly limiter: Limiter
  readonly startedAt: number
  readonly #jobTiming: Job.Timing
  readonly #records = new Map<string, Records.Records>()
  readonly #newest = new Map<string, Upload.Upload>()
  readonly #running = new Map<string, Upload.Upload>()
  readonly #statusRequests = new Map<string, number>()
  readonly #uploads: Array<Upload.Upload> = []
  #accepted = 0

  constructor(options: Options) {
    this.clients = options.clients
    this.sources = options.sources
    this.limiter = options.limiter
    this.startedAt = options.startedAt
    this.#jobTiming = options.jobTiming
    for (const source of this.sources) this.#seed(source)
  }

  find(id: string): Source | undefined {
    return this.sources.find((source) => source.sourceId === id || source.id === id)
  }

  /** Returns when the source was created; the times follow the order of the sources. */
  createdAt(source: Source): number {
    return this.startedAt - 365 * DAY + this.sources.indexOf(source) * 1000
  }

  managersOf({ managers = [Client.ADMIN_IDENTITY] }: Source): ReadonlyArray<string> {
    return managers
  }

  attributesOf({ attributes = [] }: Source): ReadonlyArray<SchemaAttribute.SchemaAttribute> {
    return [...SchemaAttribute.system, ...attributes]
  }

  jobOf({ sourceId }: Source): Job.Job | undefined {
    return this.#newest.get(sourceId)?.job
  }

  records(source: Source, now: number): Records.Records {
    this.#settle(now)
    return this.#recordsOf(source)
  }

  /** Returns the newest uploads; ended ones have landed. */
  uploads(now: number): ReadonlyArray<Upload.Upload> {
    this.#settle(now)
    return this.#uploads
  }

  read(source: Source, csv: string): CsvFile.CsvFile {
    return CsvFile.read(csv, this.attributesOf(source))
  }

  upload(source: Source, file: CsvFile.CsvFile, actor: string, now: number): Upload.Upload {
    this.#settle(now)
    const submitted = { source, file, actor, submittedAt: now }
    const running = this.#running.get(source.sourceId)
    if (running !== undefined && !Job.hasEnded(running.job, now)) {
      // SailPoint: a job that starts while another runs fails; it is the newest one, and the other continues.
      return this.#accept({
        ...submitted,
        timing: { pending: 0, inProgress: 0 },
        obstacle: "Another job of this source is running."
      })
    }
    const upload = this.#accept({
      ...submitted,
      timing: this.#jobTiming,
      obstacle: this.#recordsOf(source).fits(file.accounts)
        ? undefined
        : `The source would have more than ${Records.MAX_ACCOUNTS} accounts.`
    })
    this.#running.set(source.sourceId, upload)
    return upload
  }

  /** Returns the fault of a source, if it applies to this request; with `everySecond`, it applies to the first. */
  faultOf(source: Source): Fault | undefined {
    if (source.fault === undefined || source.everySecond !== true) return source.fault
    const before = this.#statusRequests.get(source.sourceId) ?? 0
    this.#statusRequests.set(source.sourceId, before + 1)
    return before % 2 === 0 ? source.fault : undefined
  }

  #recordsOf({ sourceId }: Source): Records.Records {
    const records = this.#records.get(sourceId) ?? new Records.Records()
    this.#records.set(sourceId, records)
    return records
  }

  #accept(accepted: Omit<Upload.Accepted, "n">): Upload.Upload {
    this.#accepted += 1
    const upload = Upload.make({ ...accepted, n: this.#accepted })
    this.#newest.set(upload.source.sourceId, upload)
    this.#uploads.push(upload)
    return upload
  }

  /** Lands the rows of ended uploads, and drops the oldest uploads. */
  #settle(now: number): void {
    for (const upload of this.#uploads) {
      if (upload.accounts.length === 0 || !Job.hasEnded(upload.job, now)) continue
      const at = Job.endsAt(upload.job)
      upload.created = this.#recordsOf(upload.source).land(upload.accounts, at)
      upload.changed = upload.accounts.length - upload.created
      upload.accounts = []
    }
    this.#uploads.splice(0, this.#uploads.length - MAX_UPLOADS)
  }

  #seed(source: Source): void {
    const { past, records = 0 } = source
    this.#recordsOf(source).land(people(1, records), this.startedAt - 30 * DAY)
    if (past === undefined) return
    const accounts = people(Math.max(1, records + 1 - KNOWN_ACCOUNTS), past.rows)
    this.#accept({
      source,
      file: { accounts, malformed: [], rejected: [] },
      actor: Client.admin.clientId,
      submittedAt: this.startedAt - Duration.toMillis(Duration.fromInputUnsafe(past.before)),
      timing: { pending: "2 seconds", inProgress: "3 seconds" }
    })
  }
}

const people = (first: number, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => Person.nth(first + index).accountName)
