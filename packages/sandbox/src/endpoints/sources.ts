/** The list of sources, and one of them. */
import * as Effect from "effect/Effect"
import type { Client } from "../Client.ts"
import type { Source } from "../Source.ts"
import { isoOf } from "../tenant/isoOf.ts"
import type { Tenant } from "../tenant/Tenant.ts"
import { seesEverySource } from "./authorize.ts"
import { flag, page, sort } from "./collection.ts"
import { type Answer, type Admitted, badRequest, forbidden, json, type Response } from "./responses.ts"

export const listSources = ({ client, now, query, tenant }: Admitted): Answer =>
  Effect.gen(function* () {
    const manager = yield* requestedFor(client, query)
    const counted = yield* flag(query, "non-employee-count")
    const sorted = yield* sort(
      tenant.sources.filter((source) => manager === undefined || tenant.managersOf(source).includes(manager)),
      query,
      {
        name: ({ name }) => name,
        created: (source) => isoOf(tenant.createdAt(source)),
        sourceId: ({ sourceId }) => sourceId
      }
    )
    const items = sorted.map((source) => ({
      ...toItem(tenant, source),
      nonEmployeeCount: counted ? tenant.records(source, now).size : null
    }))
    return yield* page(items, query)
  })

/** Returns the identity whose sources to list; undefined lists all sources. */
const requestedFor = (
  client: Client,
  query: URLSearchParams
): Effect.Effect<string | undefined, Response> => {
  const value = query.get("requested-for")
  const own = client.identityId ?? "none"
  if (value === "") return badRequest("requested-for is not me or the ID of an identity.")
  if (value === "me" || value === own) return Effect.succeed(own)
  return seesEverySource(client)
    ? Effect.succeed(value ?? undefined)
    : forbidden(
        "Listing these sources needs the user level ORG_ADMIN; an account manager sends requested-for=me."
      )
}

export const getSource = ({ tenant }: Admitted, source: Source): Answer =>
  Effect.succeed(json(200, toItem(tenant, source)))

const toItem = (tenant: Tenant, source: Source) => ({
  id: source.id,
  sourceId: source.sourceId,
  name: source.name,
  description: source.description,
  approvers: [identity(APPROVER)],
  accountManagers: tenant.managersOf(source).map(identity),
  created: isoOf(tenant.createdAt(source)),
  modified: isoOf(tenant.createdAt(source))
})

const APPROVER = "5a4d1d00000000000000000000000003"

const identity = (id: string) => ({ type: "IDENTITY", id })
