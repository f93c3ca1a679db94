/**
 * The bearer tokens of callers. Those in a file are read again, so that one can be added or revoked at run time.
 */
import { OAuthError, OAuthErrorCode } from "@modelcontextprotocol/server"
import { cachedFor } from "@sailpoint-bulk-upload/core/workspace"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"
import { type BearerToken, type BearerTokens, FILE } from "../../settings/BearerTokens.ts"
import { Refusal } from "../guards/Refusal.ts"
import type { Verified } from "./Verifier.ts"

/** The time for which a revoked token remains valid without SIGHUP. */
const READ_AGAIN_AFTER = Duration.seconds(10)

/** The least time between two reads for unknown tokens, because anyone can send any number of them. */
const LOOK_FOR_UNKNOWN_AFTER = Duration.seconds(1)

export const makeVerifier = ({ reread, tokens }: BearerTokens) =>
  Effect.gen(function* () {
    let known = tokens
    let isUsable = true
    const reload = Effect.suspend(() => {
      const { problems, tokens } = reread()
      const wasUsable = isUsable
      isUsable = problems.length === 0
      if (isUsable) known = tokens
      return wasUsable && !isUsable
        ? Effect.logWarning(`${FILE} cannot be used, so its last tokens stay valid. ${problems.join(" ")}`)
        : Effect.void
    })
    const reloadSeldom = yield* cachedFor(reload, () => READ_AGAIN_AFTER)
    const reloadOften = yield* cachedFor(reload, () => LOOK_FOR_UNKNOWN_AFTER)
    /** Compares with all tokens, so that the time depends on neither the token nor its length. */
    const find = (given: string) =>
      Effect.sync(() => {
        const hash = digest(given)
        let found: BearerToken | undefined
        for (const bearer of known) {
          if (timingSafeEqual(digest(Redacted.value(bearer.token)), hash)) found = bearer
        }
        return found
      })
    const context = yield* Effect.context<never>()
    return {
      reload,
      verifyAccessToken: (given: string): Promise<Verified> =>
        Effect.andThen(reloadSeldom, find(given)).pipe(
          Effect.filterOrElse(Predicate.isNotUndefined, () => Effect.andThen(reloadOften, find(given))),
          Effect.flatMap((found) =>
            found === undefined
              ? Effect.fail(
                  new OAuthError(OAuthErrorCode.InvalidToken, "This is not a token of this server.")
                )
              : Effect.succeed({
                  token: "",
                  clientId: "",
                  scopes: [],
                  expiresAt: Number.POSITIVE_INFINITY,
                  caller: { tokenName: found.name }
                })
          ),
          Effect.runPromiseWith(context)
        )
    }
  })

/** Answers a client that looks for OAuth. Clients show the description. */
export const noOAuth = (): Refusal =>
  new Refusal(
    "path",
    JSON.stringify({
      error: OAuthErrorCode.InvalidRequest,
      error_description:
        "This server requires a bearer token and does not support OAuth. Ask its operator for a token, and configure your client to send the header Authorization: Bearer TOKEN."
    }),
    { status: 404, headers: { "content-type": "application/json", "cache-control": "no-store" } }
  )

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
