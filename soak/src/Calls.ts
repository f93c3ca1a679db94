/**
 * Random calls of an assistant, and their outcomes.
 */
import type { Client } from "@modelcontextprotocol/client"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import type { Dice } from "./Dice.ts"

/** A longer call counts as lost: a wait takes at most 10 s here, and any other call 45 s. */
const ENDS_WITHIN_MILLIS = 90_000

/** All sources except the one that blocks every other call of its client for 90 s. */
const seeded = Source.seeded.filter(({ name }) => name !== "Blocked")

/** Counts of each outcome: `ok`, the tag of an error, `cancelled`, `restarted`, `lost`, or `mixed up`. */
export class Tally {
  readonly outcomes = new Map<string, number>()
  /** Descriptions of missing answers, and of answers to another call. */
  readonly lost: Array<string> = []

  add(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
  }

  get total(): number {
    return Array.from(this.outcomes.values()).reduce((sum, count) => sum + count, 0)
  }
}

export interface Caller {
  readonly client: Client
  /** Whether the soak itself has ended its server, or is ending it. */
  readonly restarted: () => boolean
  /** @default the sources that the sandbox seeds */
  readonly sources?: ReadonlyArray<Source.Source>
}

const UNTAGGED = "untagged"

/** Outcomes that only a bug in the server can cause. */
export const defects: ReadonlyArray<string> = ["InternalError", UNTAGGED]

interface Asked {
  readonly name: string
  readonly arguments: Record<string, unknown>
}

const choose = (dice: Dice, sources: ReadonlyArray<Source.Source> = seeded): Asked => {
  const { sourceId } = dice.pick(sources)
  const kind = dice.next()
  if (kind < 0.05) return { name: "get_bulk_upload_status", arguments: { sourceId: "no-id" } }
  if (kind < 0.08) return { name: "get_bulk_upload_status", arguments: { sourceId, extra: true } }
  if (kind < 0.2)
    return { name: "list_non_employee_sources", arguments: { nameContains: dice.pick(["", "o"]) } }
  if (kind < 0.35) {
    return { name: "wait_for_bulk_upload", arguments: { sourceId, timeoutSeconds: dice.between(1, 10) } }
  }
  return { name: "get_bulk_upload_status", arguments: { sourceId } }
}

/** Makes a call and counts its outcome. Never rejects. */
export const call = async (caller: Caller, dice: Dice, tally: Tally): Promise<void> => {
  const asked = choose(dice, caller.sources)
  const leaving = dice.chance(0.05) ? dice.between(0, 500) : undefined
  const aborting = new AbortController()
  const timer = leaving === undefined ? undefined : setTimeout(() => aborting.abort(), leaving)
  try {
    const { isError, structuredContent } = await caller.client.callTool(asked, {
      signal: aborting.signal,
      timeout: ENDS_WITHIN_MILLIS
    })
    const { error, sourceId } = (structuredContent ?? {}) as Readonly<Record<string, string | undefined>>
    if (isError === true) tally.add(error ?? UNTAGGED)
    // For the list of sources, both are undefined.
    else if (sourceId === asked.arguments["sourceId"]) tally.add("ok")
    else {
      tally.add("mixed up")
      tally.lost.push(`${asked.name} ${JSON.stringify(asked.arguments)}: the answer is about ${sourceId}`)
    }
  } catch (error) {
    if (aborting.signal.aborted) tally.add("cancelled")
    else if (caller.restarted()) tally.add("restarted")
    else {
      tally.add("lost")
      tally.lost.push(`${asked.name} ${JSON.stringify(asked.arguments)}: ${String(error)}`)
    }
  } finally {
    clearTimeout(timer)
  }
}
