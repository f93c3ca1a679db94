/**
 * The non-employee sources of the tenant, and how to get from a name to an id.
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
 *
 * @since 0.1.0
 */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ApiClient from "./ApiClient.ts"
import type { BulkUploadError } from "./BulkUploadError.ts"
import { plainText } from "./PlainText.ts"
import type { InvalidSettings } from "./Settings.ts"
import * as SourceId from "./SourceId.ts"
import { toMessage } from "./internal/errorText.ts"
import { decodeJson } from "./internal/json.ts"
import * as Tenant from "./Tenant.ts"

/**
 * A source as a person knows it. Names and descriptions come from the tenant: one line, cut to 200 and 500
 * characters, without control characters; names in Unicode's normal form C.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NonEmployeeSource = Schema.Struct({
  /** What the status call is asked with. Where SailPoint gives no `sourceId`, its `id`. */
  sourceId: SourceId.SourceId,
  /** The dashed UUID, where there is one. */
  id: Schema.optionalKey(SourceId.SourceId),
  name: Schema.String,
  description: Schema.String
})

/**
 * A source as a person knows it.
 *
 * @category models
 * @since 0.1.0
 */
export interface NonEmployeeSource extends Schema.Schema.Type<typeof NonEmployeeSource> {}

/**
 * Which sources to list.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * Only those that the owner of the token is account manager of.
   *
   * @default false
   */
  readonly ownedByMe?: boolean | undefined
}

/**
 * No source has that name; `candidates` are the names that there are.
 *
 * @category errors
 * @since 0.1.0
 */
export class SourceNotFound extends Schema.TaggedError<SourceNotFound>()("SourceNotFound", {
  name: Schema.String,
  candidates: Schema.Array(NonEmployeeSource)
}) {
  get retryable(): boolean {
    return false
  }
  get summary(): string {
    return `There is no non-employee source named "${this.name}".`
  }
  get nextStep(): string {
    return this.candidates.length === 0
      ? "Check the user level of the token's owner: this token can see no source at all."
      : `Give one of these names: ${names(this.candidates)}.`
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * More than one source fits the name; `candidates` are those that do.
 *
 * @category errors
 * @since 0.1.0
 */
export class AmbiguousSource extends Schema.TaggedError<AmbiguousSource>()("AmbiguousSource", {
  name: Schema.String,
  candidates: Schema.Array(NonEmployeeSource)
}) {
  get retryable(): boolean {
    return false
  }
  get summary(): string {
    return `"${this.name}" fits more than one non-employee source: ${names(this.candidates)}.`
  }
  get nextStep(): string {
    return "Give the whole name, or an ID."
  }
  override get message(): string {
    return toMessage(this)
  }
}

const names = (sources: ReadonlyArray<NonEmployeeSource>): string =>
  sources.map(({ name }) => `"${name}"`).join(", ")

/**
 * The operations of the service.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /** The sources, in the order that SailPoint gives them in. */
  readonly list: (options?: Options) => Effect.Effect<ReadonlyArray<NonEmployeeSource>, BulkUploadError>
  /**
   * The one source with that name: spelled the same, or else the same but for upper and lower case, or else
   * the only one whose name begins so.
   */
  readonly findByName: (
    name: string,
    options?: Options
  ) => Effect.Effect<NonEmployeeSource, BulkUploadError | SourceNotFound | AmbiguousSource>
}

/**
 * The service's tag.
 *
 * @category services
 * @since 0.1.0
 */
export class NonEmployeeSources extends Context.Service<NonEmployeeSources, Service>()(
  "@sailpoint-bulk-upload/core/NonEmployeeSources"
) {}

const MAX_NAME = 200

/** Fifty sources with long lists of approvers stay well below. */
const MAX_LIST_BYTES = 2 * 1024 * 1024

/**
 * The service over an API client.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { ApiClient, NonEmployeeSources } from "@sailpoint-bulk-upload/core"
 *
 * const mine = Effect.gen(function* () {
 *   const sources = yield* NonEmployeeSources.make
 *   return yield* sources.list({ ownedByMe: true })
 * }).pipe(Effect.provide(ApiClient.layerConfig()))
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Service, never, ApiClient.ApiClient> = Effect.gen(function* () {
  const api = yield* ApiClient.ApiClient

  const list = Effect.fn("NonEmployeeSources.list")(({ ownedByMe = false }: Options = {}) =>
    api.retry(
      api.attempt({
        subject: { operation: "sources" },
        route: Tenant.sourcesRoute(api.tenant),
        request: HttpClientRequest.get(Tenant.sourcesUrl(api.tenant, { ownedByMe })).pipe(
          HttpClientRequest.acceptJson
        ),
        maxBodyBytes: MAX_LIST_BYTES,
        decode: decodeList
      })
    )
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
  // In the form of the names in the list, or a name with two spaces would not equal itself.
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

/** The same letter can be one character or two (Unicode's normal forms); a name is shown and compared in one form. */
const nameFrom = (name: string, show: (text: string, maxLength: number) => string): string =>
  show(name, MAX_NAME).normalize("NFC")

const text = (value: unknown): string => (typeof value === "string" ? value : "")

/** Nothing in an item is required, so each key is read by itself. */
const Item = Schema.Struct({
  id: Schema.optionalKey(Schema.Unknown),
  sourceId: Schema.optionalKey(Schema.Unknown),
  name: Schema.optionalKey(Schema.Unknown),
  description: Schema.optionalKey(Schema.Unknown)
})

const decodeItems = decodeJson(Schema.Array(Item))

const decodeList: ApiClient.Call<ReadonlyArray<NonEmployeeSource>>["decode"] = (text, show = plainText) =>
  Option.match(decodeItems(text), {
    onNone: () => Result.fail({ reason: "the body is no JSON list of sources." }),
    onSome: (items) => Result.succeed(items.flatMap((item) => toSource(item, show)))
  })

/** Without an id that can be asked with, a source is of no use here. */
const toSource = (
  item: typeof Item.Type,
  show: (text: string, maxLength: number) => string
): ReadonlyArray<NonEmployeeSource> => {
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

/**
 * The service over an API client that is shared with others.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { ApiClient, NonEmployeeSources } from "@sailpoint-bulk-upload/core"
 *
 * const Live = NonEmployeeSources.layerApiClient.pipe(
 *   Layer.provide(ApiClient.layerConfig()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerApiClient: Layer.Layer<NonEmployeeSources, never, ApiClient.ApiClient> = Layer.effect(
  NonEmployeeSources,
  make
)

/**
 * The service from options; see `ApiClient.layer`.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 * import { NonEmployeeSources } from "@sailpoint-bulk-upload/core"
 *
 * const Live = NonEmployeeSources.layer({
 *   baseUrl: "https://acme.api.identitynow.com",
 *   auth: { clientId: "my-client-id", clientSecret: Redacted.make("my-client-secret") }
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: ApiClient.Options
): Layer.Layer<NonEmployeeSources, Tenant.InvalidBaseUrl, HttpClient> =>
  Layer.provide(layerApiClient, ApiClient.layer(options))

/**
 * Makes the service from options and the environment; see `ApiClient.layerConfig`.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { NonEmployeeSources } from "@sailpoint-bulk-upload/core"
 *
 * const Live = NonEmployeeSources.layerConfig().pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  options?: ApiClient.ConfigOptions
): Layer.Layer<
  NonEmployeeSources,
  Config.ConfigError | InvalidSettings | Tenant.InvalidBaseUrl,
  HttpClient
> => Layer.provide(layerApiClient, ApiClient.layerConfig(options))
