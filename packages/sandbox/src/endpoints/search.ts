/** The search; the sandbox has only the index `events` and queries in Elasticsearch's language. */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Schema from "effect/Schema"
import { eventsOf } from "../tenant/AuditEvent.ts"
import { orderBy, page } from "./collection.ts"
import { type Answer, type Admitted, badRequest, forbidden } from "./responses.ts"
import { compile, type Document, isObject } from "./searchQuery.ts"

const Strings = Schema.Array(Schema.String)

const Body = Schema.Struct({
  indices: Schema.optionalKey(Strings),
  queryType: Schema.optionalKey(Schema.String),
  queryDsl: Schema.optionalKey(Schema.Unknown),
  sort: Schema.optionalKey(Strings),
  searchAfter: Schema.optionalKey(Strings),
  queryResultFilter: Schema.optionalKey(
    Schema.Struct({ includes: Schema.optionalKey(Strings), excludes: Schema.optionalKey(Strings) })
  ),
  // Documented, but not supported here: refused, so that no caller relies on them.
  query: Schema.optionalKey(Schema.Never),
  textQuery: Schema.optionalKey(Schema.Never),
  typeAheadQuery: Schema.optionalKey(Schema.Never),
  aggregationType: Schema.optionalKey(Schema.Never),
  aggregationsDsl: Schema.optionalKey(Schema.Never),
  aggregations: Schema.optionalKey(Schema.Never),
  filters: Schema.optionalKey(Schema.Never)
})

/** A user needs one of these. */
const USER_LEVELS = new Set([
  "ORG_ADMIN",
  "CERT_ADMIN",
  "REPORT_ADMIN",
  "SOURCE_ADMIN",
  "SOURCE_SUBADMIN",
  "ROLE_ADMIN",
  "ROLE_SUBADMIN"
])

const fields = Object.fromEntries(
  ["id", "name", "created", "synced", "action", "type", "trackingNumber", "status"].map((name) => [
    name,
    (document: Document) => String(document[name])
  ])
)

export const search = ({ client, now, query, request, tenant }: Admitted): Answer =>
  Effect.gen(function* () {
    const { userLevels = ["ORG_ADMIN"] } = client
    if (!userLevels.some((level) => USER_LEVELS.has(level))) {
      return yield* forbidden(`Searching needs one of the user levels ${Array.from(USER_LEVELS).join(", ")}.`)
    }
    const body = yield* HttpServerRequest.schemaBodyJson(Body).pipe(
      Effect.provideService(HttpServerRequest.HttpServerRequest, request),
      Effect.catch(() => badRequest("The body is not a search that the sandbox supports."))
    )
    if (body.queryType !== "DSL" || body.queryDsl === undefined) {
      return yield* badRequest("The sandbox supports only queryType DSL, with the query in queryDsl.")
    }
    const matches = yield* compile(body.queryDsl, now)
    const { indices = ["*"], searchAfter, sort = [] } = body
    const order = yield* orderBy(sort, fields, "sort")
    if (searchAfter !== undefined && searchAfter.length !== (sort.length || Number.NaN)) {
      return yield* badRequest("searchAfter does not have one value for each field of sort.")
    }
    const last = Object.fromEntries(
      sort.map((sorter, index) => [sorter.replace(/^[+-]/u, ""), searchAfter?.[index]])
    )
    const found: Array<Document> = []
    const hasEvents = indices.includes("events") || indices.includes("*")
    for (const upload of hasEvents ? tenant.uploads(now) : []) {
      for (const event of eventsOf(upload, now)) {
        if (matches(event) && (searchAfter === undefined || order(last, event) < 0)) found.push(event)
      }
    }
    const { queryResultFilter } = body
    const sorted = found.toSorted(order)
    return yield* page(
      queryResultFilter === undefined ? sorted : sorted.map((event) => filtered(event, queryResultFilter)),
      query,
      10_000
    )
  })

/** Returns the filtered fields of a document; without `includes`, all fields except `excludes`. */
const filtered = (
  document: Document,
  { excludes = [], includes = Object.keys(document) }: typeof Body.Type.queryResultFilter & {},
  prefix = ""
): Document =>
  Object.fromEntries(
    Object.entries(document).flatMap(([key, value]) => {
      const path = `${prefix}${key}`
      if (isIn(path, excludes)) return []
      if (!isObject(value)) return isIn(path, includes) ? [[key, value]] : []
      const inner = filtered(value, { excludes, includes }, `${path}.`)
      return Object.keys(inner).length > 0 ? [[key, inner]] : []
    })
  )

const isIn = (path: string, paths: ReadonlyArray<string>) =>
  paths.some((one) => path === one || path.startsWith(`${one}.`))
