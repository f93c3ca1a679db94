/**
 * The command `check`: settings, probes, token, sources and one status, each with its finding and, if it failed, a fix.
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

/** The finding of a step. A skipped step is not a failure: for example, an earlier step has to succeed first. */
export interface Finding {
  readonly step: "settings" | "proxy" | "token" | "sources" | "status" | "redis" | "callers" | "otlp"
  readonly outcome: "ok" | "failed" | "skipped"
  readonly found: string
  readonly nextStep?: string
  readonly status?: BulkUploadStatus.State
  readonly trackingId?: string
}

export const ok = (step: Finding["step"], found: string): Finding => ({ step, outcome: "ok", found })

export const failed = (step: Finding["step"], found: string, nextStep: string): Finding => ({
  step,
  outcome: "failed",
  found,
  nextStep
})

const skipped = (steps: ReadonlyArray<Finding["step"]>, found: string): ReadonlyArray<Finding> =>
  steps.map((step) => ({ step, outcome: "skipped", found }))

/** Reports an error of a step as its finding. */
const reported =
  (step: Finding["step"]) =>
  (error: BulkUploadError): Effect.Effect<Finding> =>
    Effect.succeed({
      ...failed(step, error.summary, nameVariables(error.nextStep)),
      ...("trackingId" in error && error.trackingId !== undefined ? { trackingId: error.trackingId } : {})
    })

/** Returns the findings if the settings cannot be used. */
export const wrongSettings = (problems: ReadonlyArray<Problem>): ReadonlyArray<Finding> => [
  ...problems.map(({ fix, problem }) => failed("settings", problem, fix)),
  ...skipped(["token", "sources", "status"], "requires valid settings")
]

export interface Options {
  /** The source whose status to request; by default the first of the list. */
  readonly sourceId: string | undefined
  /** Whether the tenant is a local sandbox, which the finding mentions. */
  readonly sandbox: boolean
  /** Whether SailPoint issues the token during this check, so that its issue time is SailPoint's current time. */
  readonly freshToken: boolean
  /** Probes of other configured services; a probe returns undefined if its service is not configured. */
  readonly probes: ReadonlyArray<Effect.Effect<Finding | undefined>>
}

export const check = (options: Options): Effect.Effect<ReadonlyArray<Finding>, never, Services> =>
  Effect.gen(function* () {
    const { accessToken, tenant } = yield* ApiClient
    const which = options.sandbox ? " (a local sandbox with made-up data)" : ""
    const settings = ok("settings", `${tenant.origin}${which}, API version ${tenant.apiVersion}`)
    const probed = yield* Effect.all(options.probes, { concurrency: "unbounded" })
    const first = [settings, ...probed.filter((finding) => finding !== undefined)]
    const token = yield* accessToken.get.pipe(
      Effect.flatMap((token) =>
        Effect.map(DateTime.now, (now) => tokenFinding(token, now, options.freshToken))
      ),
      Effect.catch(reported("token"))
    )
    if (token.outcome === "failed") {
      return [...first, token, ...skipped(["sources", "status"], "requires a valid token")]
    }
    const [sources, list] = yield* listSources
    const chosen = options.sourceId === undefined ? list[0]?.sourceId : trimInvisible(options.sourceId)
    const status = chosen === undefined ? NO_SOURCE : yield* statusFinding(chosen, list)
    return [...first, token, sources, status]
  })

const NO_SOURCE = failed(
  "status",
  "The list has no source, so no status was requested.",
  "Name one with --source ID. If the tenant has non-employee sources, the token's owner cannot see them: check the user level."
)

/** The largest difference between clocks that is not reported. */
const MAX_SKEW_MILLIS = 60_000

const tokenFinding = (token: Redacted.Redacted<string>, now: DateTime.Utc, fresh: boolean): Finding => {
  const times = Option.getOrUndefined(tokenTimes(token))
  if (times === undefined) return ok("token", "access token received; its expiry is unknown")
  const age = Duration.toMillis(DateTime.distance(times.issuedAt, now))
  const skew = fresh || age < 0 ? age : 0
  if (Math.abs(skew) > MAX_SKEW_MILLIS) {
    return failed(
      "token",
      `This machine's clock is ${Math.abs(Math.round(skew / 1000))} s ${skew > 0 ? "ahead of" : "behind"} SailPoint's, according to the access token.`,
      "Correct this machine's clock, preferably by enabling time synchronization."
    )
  }
  const over = overdue(times, now)
  return over === undefined
    ? ok("token", `access token received, valid until ${DateTime.formatIso(times.expiresAt)}`)
    : failed("token", over.problem, over.nextStep)
}

type Sources = readonly [Finding, ReadonlyArray<NonEmployeeSource>]

/** Lists all sources, or if that is forbidden, those that the token's owner manages. */
const listSources: Effect.Effect<Sources, never, NonEmployeeSources> = Effect.gen(function* () {
  const { list } = yield* NonEmployeeSources
  return yield* Effect.map(list(), sourcesFinding("")).pipe(
    Effect.catchTag("Forbidden", (forbidden) =>
      Effect.map(list({ ownedByMe: true }), sourcesFinding(OWNED)).pipe(
        // The first refusal is more informative than the second.
        Effect.mapError(() => forbidden)
      )
    ),
    Effect.catch((error) => Effect.map(reported("sources")(error), (finding): Sources => [finding, []]))
  )
})

const OWNED = " that the token's owner manages; listing all requires the user level ORG_ADMIN"

const sourcesFinding =
  (which: string) =>
  (sources: ReadonlyArray<NonEmployeeSource>): Sources => {
    const plural = sources.length === 1 ? "" : "s"
    return [ok("sources", `${sources.length} non-employee source${plural}${which}`), sources]
  }

const statusFinding = (sourceId: string, list: ReadonlyArray<NonEmployeeSource>) =>
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
  }).pipe(Effect.catch(reported("status")))

export const allWell = (findings: ReadonlyArray<Finding>): boolean =>
  findings.every(({ outcome }) => outcome !== "failed")

/** Returns a line for each step, with its fix and tracking ID on separate lines. */
const toText = (findings: ReadonlyArray<Finding>): string =>
  [
    ...findings.flatMap(({ found, nextStep, outcome, step, trackingId }) => [
      `${outcome.padEnd(7)}  ${step.padEnd(8)}  ${found}`,
      ...(nextStep === undefined ? [] : [`${" ".repeat(19)}Fix: ${nextStep}`]),
      ...(trackingId === undefined ? [] : [`${" ".repeat(19)}SailPoint's tracking ID: ${trackingId}`])
    ]),
    "",
    verdict(findings),
    ""
  ].join("\n")

const verdict = (findings: ReadonlyArray<Finding>): string => {
  if (!allWell(findings)) return "Some checks failed; see the fixes above."
  return findings.some(({ status }) => status === "ERROR")
    ? "The setup works. The newest upload on that source failed; see the fix above."
    : "All checks passed."
}

/** Returns the findings as text or as JSON. */
export const format = (findings: ReadonlyArray<Finding>, { json }: { readonly json: boolean }): string =>
  json ? `${JSON.stringify({ ok: allWell(findings), findings }, null, 2)}\n` : toText(findings)
