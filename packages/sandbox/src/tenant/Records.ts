/**
 * The non-employee records of a source. A record keeps only the account name of its row and the times of its creation and
 * change; the rest is made up on request.
 */
import type { Source } from "../Source.ts"
import { isoOf } from "./isoOf.ts"
import * as Person from "./Person.ts"

/** The documented limit of a source. */
export const MAX_ACCOUNTS = 20_000

interface Entry {
  readonly n: number
  readonly created: number
  readonly modified: number
}

export class Records {
  readonly #entries = new Map<string, Entry>()

  get size(): number {
    return this.#entries.size
  }

  /** Returns whether the accounts fit in addition to the existing ones. */
  fits(accounts: ReadonlyArray<string>): boolean {
    return new Set([...this.#entries.keys(), ...accounts]).size <= MAX_ACCOUNTS
  }

  /** Creates or changes a record per account; returns how many were created. */
  land(accounts: ReadonlyArray<string>, now: number): number {
    const before = this.#entries.size
    for (const account of accounts) {
      const { created = now, n = this.#entries.size + 1 } = this.#entries.get(account) ?? {}
      this.#entries.set(account, { n, created, modified: now })
    }
    return this.#entries.size - before
  }

  list(source: Source) {
    return Array.from(this.#entries, ([accountName, entry]) => toRecord(source, accountName, entry))
  }
}

export type NonEmployeeRecord = ReturnType<typeof toRecord>

const toRecord = (source: Source, accountName: string, { created, modified, n }: Entry) => ({
  ...Person.nth(n),
  id: `${source.sourceId.slice(0, 8)}${source.sourceId.slice(-8)}${n.toString(16).padStart(16, "0")}`,
  accountName,
  manager: "a.ortiz",
  sourceId: source.sourceId,
  data: Object.fromEntries((source.attributes ?? []).map(({ technicalName }) => [technicalName, "made up"])),
  startDate: isoOf(created),
  endDate: isoOf(created + YEAR),
  created: isoOf(created),
  modified: isoOf(modified)
})

const YEAR = 365 * 24 * 60 * 60 * 1000
