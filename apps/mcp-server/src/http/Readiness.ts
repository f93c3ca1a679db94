/**
 * Whether calls can be served: the settings are good (or nothing would run) and an access token can be had. Of one that
 * was given, and is never renewed, it is known only where it tells when its time is over.
 */
import { nameVariables } from "@sailpoint-bulk-upload/core/Settings"
import { ApiClient } from "@sailpoint-bulk-upload/core/workspace"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { overdue, tokenTimes } from "../text/AccessTokenTimes.ts"

/** What is wrong and what can be done about it, with no secret in it; nothing when all is well. */
export type Readiness = { readonly problem: string; readonly nextStep: string } | undefined

/** Probes come every few seconds from many places; the token endpoint is called at most this often. */
const KEEP_FOR = Duration.seconds(10)

/** A probe that gets no answer counts as a failed one, but says nothing. */
const ANSWER_WITHIN = Duration.seconds(5)

const SLOW: Readiness = {
  problem: `SailPoint gave no access token within ${Duration.toSeconds(ANSWER_WITHIN)} seconds.`,
  nextStep: "Look whether SailPoint can be reached from here; it is tried again."
}

export const STOPPING: Readiness = {
  problem: "The server is shutting down.",
  nextStep: "Send requests to another replica."
}

export const make = Effect.fnUntraced(function* ({ givenToken }: { readonly givenToken: boolean }) {
  const { accessToken } = yield* ApiClient
  const problemOf = (token: Redacted.Redacted<string>): Effect.Effect<Readiness> =>
    Effect.gen(function* () {
      if (!givenToken) return undefined
      const now = yield* DateTime.now
      const problem = Option.getOrUndefined(Option.map(tokenTimes(token), (times) => overdue(times, now)))
      // No call comes here while it is overdue, so nothing else would read the file of the token again.
      return problem !== undefined && (yield* accessToken.refused(token)) ? undefined : problem
    })
  const ask = Effect.gen(function* () {
    // Not interrupted when it is slow: calls may wait for the same token.
    const asking = yield* Effect.forkDetach(accessToken.get)
    return yield* Fiber.join(asking).pipe(
      Effect.flatMap(problemOf),
      Effect.catch(({ nextStep, summary }) =>
        Effect.succeed<Readiness>({ problem: summary, nextStep: nameVariables(nextStep) })
      ),
      Effect.timeoutOrElse({ duration: ANSWER_WITHIN, orElse: () => Effect.succeed(SLOW) })
    )
  })
  return yield* Effect.cachedWithTTL(ask, KEEP_FOR)
})

/** The bare status, or with `detailed` also what is wrong. */
export const answer = (readiness: Readiness, detailed: boolean): Response =>
  Response.json(
    { ready: readiness === undefined, ...(detailed ? readiness : {}) },
    { status: readiness === undefined ? 200 : 503, headers: { "cache-control": "no-store" } }
  )
