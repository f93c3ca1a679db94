/**
 * The command `check`: settings, token, sources, one status. What was found, and what this person can do about
 * what does not work.
 */
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import { type NonEmployeeSource, NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { nameVariables, type Problem } from "@sailpoint-bulk-upload/core/Settings"
import { ApiClient } from "@sailpoint-bulk-upload/core/workspace"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Services } from "../handlers/Runtime.ts"
import { overdue, tokenTimes } from "../text/AccessTokenTimes.ts"
import { trimInvisible } from "../text/trimInvisible.ts"

/** What one step found. `skipped` is neither good nor bad, such as a step for which an earlier one has to work first. */
export interface Finding {
  readonly step: "settings" | "proxy" | "token" | "sources" | "status" | "redis" | "callers" | "otlp"
  readonly outcome: "ok" | "failed" | "skipped"
  readonly found: string
  readonly nextStep?: string
  readonly status?: BulkUploadStatus.State
  readonly trackingId?: string
}

export const ok = (step: Finding["step"], found: string): Finding => ({ step, outcome: "ok", found })

const skipped = (step: Finding["step"], found: string): Finding => ({ step, outcome: "skipped", found })

const failed = (step: Finding["step"], error: BulkUploadError): Finding => ({
  step,
  outcome: "failed",
  found: error.summary,
  nextStep: nameVariables(error.nextStep),
  ...("trackingId" in error && error.trackingId !== undefined ? { trackingId: error.trackingId } : {})
})

const noSource: Finding = {
  step: "status",
  outcome: "failed",
  found: "There is no source whose status could be asked for.",
  nextStep:
    "Name one with --source ID. If the tenant has non-employee sources, the token's owner may not see them: check the user level."
}

/** What is wrong with the settings, when they cannot be used at all. */
export const wrongSettings = (problems: ReadonlyArray<Problem>): ReadonlyArray<Finding> => [
  ...problems.map(({ fix, problem }): Finding => ({
    step: "settings",
    outcome: "failed",
    found: problem,
    nextStep: fix
  })),
  ...(["token", "sources", "status"] as const).map((step) =>
    skipped(step, "the settings have to be right first")
  )
]

export interface Probes {
  /** The proxy between this machine and the tenant. */
  readonly proxy: ReadonlyArray<Effect.Effect<Finding>>
  /** All that is configured besides the tenant. */
  readonly others: ReadonlyArray<Effect.Effect<Finding | undefined>>
}

/** What to check. */
export interface Options {
  /** The source to ask about; the first of the list where none is named. */
  readonly sourceId: string | undefined
  /** Whether the tenant is a local sandbox, which is told. */
  readonly sandbox: boolean
  /** Whether the token is granted for this check, and so tells the time, or was made earlier. */
  readonly freshToken: boolean
  /** The probes of what else is configured. */
  readonly probes: Probes
}

export const check = (options: Options): Effect.Effect<ReadonlyArray<Finding>, never, Services> =>
  Effect.gen(function* () {
    const { accessToken, tenant } = yield* ApiClient
    const which = options.sandbox ? " (a local sandbox with made-up data)" : ""
    const settings = ok("settings", `${tenant.origin}${which}, API version ${tenant.apiVersion}`)
    const [proxy, probed] = yield* Effect.all(
      [Effect.all(options.probes.proxy), Effect.all(options.probes.others, { concurrency: "unbounded" })],
      { concurrency: "unbounded" }
    )
    const first = [settings, ...proxy]
    const others = probed.filter((finding) => finding !== undefined)
    const token = yield* accessToken.get.pipe(
      Effect.flatMap((token) => Effect.map(DateTime.now, (now) => tellToken(token, now, options.freshToken))),
      Effect.catch((error) => Effect.succeed(failed("token", error)))
    )
    if (token.outcome === "failed") {
      const needed = "a good token is needed first"
      return [...first, token, skipped("sources", needed), skipped("status", needed), ...others]
    }
    const [sources, list] = yield* listSources
    const asked = options.sourceId === undefined ? list[0]?.sourceId : trimInvisible(options.sourceId)
    const status = asked === undefined ? noSource : yield* tellStatus(asked, list)
    return [...first, token, sources, status, ...others]
  })

/** Less than this is no reason to bother anybody. */
const MAX_SKEW_MILLIS = 60_000

const tellToken = (token: Redacted.Redacted<string>, now: DateTime.Utc, fresh: boolean): Finding => {
  const times = Option.getOrUndefined(tokenTimes(token))
  if (times === undefined) return ok("token", "an access token is there; it does not tell until when")
  const age = Duration.toMillis(DateTime.distance(times.issuedAt, now))
  const skew = fresh || age < 0 ? age : 0
  if (Math.abs(skew) > MAX_SKEW_MILLIS) {
    return {
      step: "token",
      outcome: "failed",
      found: `This machine's clock is ${Math.abs(Math.round(skew / 1000))} s ${skew > 0 ? "ahead of" : "behind"} SailPoint's, by the time in the access token.`,
      nextStep: "Set this machine's clock, best by switching time synchronisation on."
    }
  }
  const expiry = DateTime.formatIso(times.expiresAt)
  const over = overdue(times, now)
  return over === undefined
    ? ok("token", `an access token is there, good until ${expiry}`)
    : { step: "token", outcome: "failed", found: over.problem, nextStep: over.nextStep }
}

/** All sources, or those that the token's owner manages, where only these may be listed. */
const listSources: Effect.Effect<
  readonly [Finding, ReadonlyArray<NonEmployeeSource>],
  never,
  NonEmployeeSources
> = Effect.gen(function* () {
  const { list } = yield* NonEmployeeSources
  return yield* list().pipe(
    Effect.map((sources) => tellSources(sources, "")),
    Effect.catchTag("Forbidden", (forbidden) =>
      list({ ownedByMe: true }).pipe(
        Effect.map((sources) =>
          tellSources(sources, " that the token's owner manages; to list all takes the user level ORG_ADMIN")
        ),
        // The first refusal says more than the second.
        Effect.mapError(() => forbidden)
      )
    ),
    Effect.catch((error) => Effect.succeed([failed("sources", error), []] as const))
  )
})

const tellSources = (sources: ReadonlyArray<NonEmployeeSource>, which: string) =>
  [
    ok("sources", `${sources.length} non-employee source${sources.length === 1 ? "" : "s"}${which}`),
    sources
  ] as const

const tellStatus = (
  sourceId: string,
  list: ReadonlyArray<NonEmployeeSource>
): Effect.Effect<Finding, never, BulkUploads> =>
  Effect.gen(function* () {
    const uploads = yield* BulkUploads
    const name = list.find((source) => source.sourceId === sourceId || source.id === sourceId)?.name
    const { status } = yield* uploads.status(sourceId)
    const which = name === undefined ? sourceId : `${name} (${sourceId})`
    return {
      ...ok("status", `${which}: ${status}. ${BulkUploadStatus.meaning(status)}`),
      status,
      ...(status === "ERROR" ? { nextStep: BulkUploadStatus.nextStep(status) } : {})
    }
  }).pipe(Effect.catch((error) => Effect.succeed(failed("status", error))))

export const allWell = (findings: ReadonlyArray<Finding>): boolean =>
  findings.every(({ outcome }) => outcome !== "failed")

/** For a person: a line a step, and below what failed, what to do. */
export const toText = (findings: ReadonlyArray<Finding>): string =>
  [
    ...findings.flatMap(({ found, nextStep, outcome, step, trackingId }) => [
      `${outcome.padEnd(7)}  ${step.padEnd(8)}  ${found}`,
      ...(nextStep === undefined ? [] : [`${" ".repeat(19)}What to do: ${nextStep}`]),
      ...(trackingId === undefined ? [] : [`${" ".repeat(19)}SailPoint's tracking ID: ${trackingId}`])
    ]),
    "",
    verdict(findings),
    ""
  ].join("\n")

const verdict = (findings: ReadonlyArray<Finding>): string => {
  if (!allWell(findings)) return "Not all is well; see what to do above."
  return findings.some(({ status }) => status === "ERROR")
    ? "The setup works. The newest upload on that source failed; see what to do above."
    : "All is well."
}

/** For a script. */
export const toJson = (findings: ReadonlyArray<Finding>): string =>
  `${JSON.stringify({ ok: allWell(findings), findings }, null, 2)}\n`
