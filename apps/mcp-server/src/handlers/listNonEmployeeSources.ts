import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { sourcesNamed } from "@sailpoint-bulk-upload/core/workspace"
import * as Effect from "effect/Effect"
import { answeredInTime } from "./answeredInTime.ts"
import { fitting } from "./SourceList.ts"

interface Wanted {
  readonly nameContains?: string | undefined
  readonly ownedByMe?: boolean | undefined
}

const nextStepOfNone = ({ ownedByMe }: Wanted, listed: number): string => {
  if (listed > 0) return "Call again without nameContains, and ask the user which source is meant."
  return ownedByMe === true
    ? "The owner of the credentials manages no source. Call again without ownedByMe; listing all sources requires the user level ORG_ADMIN."
    : "The tenant has no non-employee source, or the owner of the credentials cannot see any: check their user level (ORG_ADMIN) and the tenant."
}

export const listNonEmployeeSources = (wanted: Wanted) =>
  Effect.gen(function* () {
    const { list } = yield* NonEmployeeSources
    const all = yield* list({ ownedByMe: wanted.ownedByMe })
    const matching = sourcesNamed(wanted.nameContains ?? "", all)
    const sources = fitting(matching)
    return {
      sources,
      total: matching.length,
      truncated: sources.length < matching.length,
      ...(matching.length === 0 ? { nextStep: nextStepOfNone(wanted, all.length) } : {})
    }
  }).pipe(answeredInTime({ operation: "sources" }))
