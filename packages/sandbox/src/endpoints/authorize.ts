/** What the user of a token may do, beyond the token's scopes. */
import * as Effect from "effect/Effect"
import type { Client } from "../Client.ts"
import type { Source } from "../Source.ts"
import { type Asked, forbidden, type Response } from "./responses.ts"

/** The user level that brings the role contexts idn:nesr:read and idn:nesr:create. */
export const seesEverySource = ({ userLevels = ["ORG_ADMIN"] }: Client): boolean =>
  userLevels.includes("ORG_ADMIN")

export const manages = ({ client, tenant }: Asked, source: Source): boolean =>
  seesEverySource(client) ||
  (client.identityId !== undefined && tenant.managersOf(source).includes(client.identityId))

/** Which users an endpoint of a source is for: those with the role context, or the source's account managers too. */
export type Users = "role context" | "account managers too"

export const authorize = (users: Users, asked: Asked, source: Source): Effect.Effect<void, Response> =>
  users === "role context" && !seesEverySource(asked.client)
    ? forbidden("The user of this token lacks the role context that the user level ORG_ADMIN brings.")
    : manages(asked, source)
      ? Effect.void
      : forbidden("The user of this token is no account manager of this source.")
