/**
 * Whether calls can be served: SailPoint issues an access token, or the given access token has not expired, if it has an
 * expiry.
 */
import { nameVariables } from "@sailpoint-bulk-upload/core/Settings"
import { ApiClient, cachedFor } from "@sailpoint-bulk-upload/core/workspace"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { overdue, tokenTimes } from "../text/AccessTokenTimes.ts"

/** The problem and its fix, without secrets; undefined if the server is ready. */
export type Readiness = { readonly problem: string; readonly nextStep: string } | undefined

/** Probes come every few seconds from many places, but request an access token at most once in this time. */
const KEEP_FOR = Duration.seconds(10)

/** Usually less than the timeout of a probe, so that the answer can contain the reason. */
const ANSWER_WITHIN = Duration.seconds(5)

const SLOW: Readiness = {
  problem: `No access token arrived within ${Duration.toSeconds(ANSWER_WITHIN)} seconds.`,
  nextStep: "Check that this machine can reach SailPoint. The server tries again."
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
      // No call arrives while the token has expired, so nothing else would read its file again.
      return problem !== undefined && (yield* accessToken.refused(token)) ? undefined : problem
    })
  const probe = Effect.gen(function* () {
    // Continues after a timeout, because calls may wait for the same token.
    const request = yield* Effect.forkDetach(accessToken.get)
    return yield* Fiber.join(request).pipe(
      Effect.flatMap(problemOf),
      Effect.catch(({ nextStep, summary }) =>
        Effect.succeed<Readiness>({ problem: summary, nextStep: nameVariables(nextStep) })
      ),
      Effect.timeoutOrElse({ duration: ANSWER_WITHIN, orElse: () => Effect.succeed(SLOW) })
    )
  })
  return yield* cachedFor(probe, () => KEEP_FOR)
})

/** Returns the bare status, or with `detailed` also the problem and its fix. */
export const answer = (readiness: Readiness, detailed: boolean): Response =>
  Response.json(
    { ready: readiness === undefined, ...(detailed ? readiness : {}) },
    { status: readiness === undefined ? 200 : 503, headers: { "cache-control": "no-store" } }
  )
