/**
 * The non-employee sources of the tenant, and the source with a given name.
 *
 * Listing all of them needs the user level ORG_ADMIN; an account manager lists their own (`ownedByMe`).
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { BulkUploads, NonEmployeeSources } from "@sailpoint-bulk-upload/core"
 *
 * const byName = Effect.gen(function* () {
 *   const sources = yield* NonEmployeeSources.NonEmployeeSources
 *   const { sourceId } = yield* sources.findByName("Contractors")
 *   return yield* BulkUploads.getBulkUploadStatus(sourceId)
 * }).pipe(
 *   Effect.catchTags({
 *     SourceNotFound: ({ candidates }) => Effect.logError("There are", candidates),
 *     AmbiguousSource: ({ message }) => Effect.logError(message)
 *   })
 * )
 * ```
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { ApiClient } from "./ApiClient.ts"
import type { BulkUploadError } from "./BulkUploadError.ts"
import { ApiClient as Client } from "./internal/apiClient.ts"
import { ExplainedError } from "./internal/errorText.ts"
import { plainText } from "./internal/plainText.ts"
import type { Show } from "./internal/reply.ts"
import { requestJson } from "./internal/requestJson.ts"
import * as SourceId from "./SourceId.ts"

/**
 * Decodes a source. Names and descriptions come from the tenant: each is one line without control characters, cut to 200
 * and 500 characters; names are in Unicode's normal form C.
 */
export const NonEmployeeSource = Schema.Struct({
  /** The ID for status requests: SailPoint's `sourceId` or, without one, its `id`. */
  sourceId: SourceId.SourceId,
  /** The dashed UUID. */
  id: Schema.optionalKey(SourceId.SourceId),
  name: Schema.String,
  description: Schema.String
})

/** A source. */
export interface NonEmployeeSource extends Schema.Schema.Type<typeof NonEmployeeSource> {}

interface Options {
  /** Lists only the sources whose account manager is the owner of the token. Default: false. */
  readonly ownedByMe?: boolean | undefined
}

/** No source has that name; `candidates` lists all sources. */
export class SourceNotFound extends ExplainedError<SourceNotFound>()("SourceNotFound", {
  name: Schema.String,
  candidates: Schema.Array(NonEmployeeSource)
}) {
  readonly retryable = false
  get summary(): string {
    return `There is no non-employee source named "${this.name}".`
  }
  get nextStep(): string {
    return this.candidates.length === 0
      ? "Check the user level of the token's owner: this token sees no source."
      : `Give one of these names: ${names(this.candidates)}.`
  }
}

/** More than one source fits the name; `candidates` lists them. */
export class AmbiguousSource extends ExplainedError<AmbiguousSource>()("AmbiguousSource", {
  name: Schema.String,
  candidates: Schema.Array(NonEmployeeSource)
}) {
  readonly retryable = false
  get summary(): string {
    return `"${this.name}" fits more than one non-employee source: ${names(this.candidates)}.`
  }
  get nextStep(): string {
    return "Give the whole name, or an ID."
  }
}

const names = (sources: ReadonlyArray<NonEmployeeSource>): string =>
  sources.map(({ name }) => `"${name}"`).join(", ")

/** The operations of the service. */
export interface Service {
  /** Lists the sources in SailPoint's order. */
  readonly list: (options?: Options) => Effect.Effect<ReadonlyArray<NonEmployeeSource>, BulkUploadError>
  /**
   * Returns the source with that name, or else with that name in another case, or else the only one whose name begins
   * with it.
   */
  readonly findByName: (
    name: string,
    options?: Options
  ) => Effect.Effect<NonEmployeeSource, BulkUploadError | SourceNotFound | AmbiguousSource>
}

/** The service's tag, for `yield*` and for layers. */
export class NonEmployeeSources extends Context.Service<NonEmployeeSources, Service>()(
  "@sailpoint-bulk-upload/core/NonEmployeeSources"
) {}

const MAX_NAME = 200

/** A list of 50 sources, the limit of an org, stays well below this, even with long lists of approvers. */
const MAX_LIST_BYTES = 2 * 1024 * 1024

/** Nothing in an item is required, so each key is read alone. */
const Value = Schema.optionalKey(Schema.Unknown)
const Item = Schema.Struct({ id: Value, sourceId: Value, name: Value, description: Value })

const make = Effect.gen(function* () {
  const api = yield* Client

  const list = Effect.fn("NonEmployeeSources.list")(({ ownedByMe = false }: Options = {}) =>
    requestJson(api, {
      subject: { operation: "sources" },
      // One page, which is larger than an org's limit.
      request: HttpClientRequest.setUrlParams(HttpClientRequest.get(""), {
        limit: "250",
        ...(ownedByMe ? { "requested-for": "me" } : {})
      }),
      maxBodyBytes: MAX_LIST_BYTES,
      schema: Schema.Array(Item),
      expected: "a JSON list of sources",
      read: (items, show) => Result.succeed(items.flatMap((item) => toSource(item, show)))
    })
  )

  const findByName = Effect.fn("NonEmployeeSources.findByName")((name: string, options?: Options) =>
    Effect.flatMap(list(options), (sources) => pick(name, sources))
  )

  return NonEmployeeSources.of({ list, findByName })
})

const pick = (
  name: string,
  sources: ReadonlyArray<NonEmployeeSource>
): Effect.Effect<NonEmployeeSource, SourceNotFound | AmbiguousSource> => {
  // The names in the list have this form.
  const wanted = nameFrom(name, plainText)
  const lower = wanted.toLowerCase()
  const fits: ReadonlyArray<(source: NonEmployeeSource) => boolean> = [
    (source) => source.name === wanted,
    (source) => source.name.toLowerCase() === lower,
    (source) => source.name.toLowerCase().startsWith(lower)
  ]
  for (const fit of wanted === "" ? [] : fits) {
    const [source, ...others] = sources.filter(fit)
    if (source === undefined) continue
    return others.length === 0
      ? Effect.succeed(source)
      : Effect.fail(new AmbiguousSource({ name: wanted, candidates: [source, ...others] }))
  }
  return Effect.fail(new SourceNotFound({ name: wanted, candidates: sources }))
}

/** The same letter can be one character or two (Unicode's normal forms); names are shown and compared in one form. */
const nameFrom = (name: string, show: Show): string => show(name, MAX_NAME).normalize("NFC")

const text = (value: unknown): string => (typeof value === "string" ? value : "")

/** Drops a source without a usable ID. */
const toSource = (item: typeof Item.Type, show: Show): ReadonlyArray<NonEmployeeSource> => {
  const id = SourceId.is(item.id) ? item.id : undefined
  const sourceId = SourceId.is(item.sourceId) ? item.sourceId : id
  if (sourceId === undefined) return []
  return [
    {
      sourceId,
      ...(id === undefined ? {} : { id }),
      name: nameFrom(text(item.name), show),
      description: show(text(item.description), 500)
    }
  ]
}

/** Makes the service over an API client that it shares with other services; see `ApiClient`. */
export const layerApiClient: Layer.Layer<NonEmployeeSources, never, ApiClient> = Layer.effect(
  NonEmployeeSources,
  make
)
