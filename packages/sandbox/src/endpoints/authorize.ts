/** The permissions of a token's user, in addition to the token's scopes. */
import * as Effect from "effect/Effect"
import type { Client } from "../Client.ts"
import type { Source } from "../Source.ts"
import { type Admitted, forbidden, type Response } from "./responses.ts"

/** Returns whether the client's user has the role contexts idn:nesr:read and idn:nesr:create, which ORG_ADMIN includes. */
export const seesEverySource = ({ userLevels = ["ORG_ADMIN"] }: Client): boolean =>
  userLevels.includes("ORG_ADMIN")

export const manages = ({ client, tenant }: Admitted, source: Source): boolean =>
  seesEverySource(client) ||
  (client.identityId !== undefined && tenant.managersOf(source).includes(client.identityId))

/** The users of an endpoint: those with the role context, or also the source's account managers. */
export type Users = "role context" | "account managers too"

export const authorize = (users: Users, admitted: Admitted, source: Source): Effect.Effect<void, Response> =>
  users === "role context" && !seesEverySource(admitted.client)
    ? forbidden("The user of this token lacks the role context that the user level ORG_ADMIN includes.")
    : manages(admitted, source)
      ? Effect.void
      : forbidden("The user of this token is not an account manager of this source.")
