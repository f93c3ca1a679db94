/** GET of one source, for its two IDs and its name. */
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as ApiClient from "./apiClient.ts"
import type { SourceId } from "../SourceId.ts"
import { decodeJson } from "./json.ts"
import { route } from "./tenant.ts"

/** How requests and audit events name a source. */
export interface Identified {
  /** The 32 hexadecimal digits, if they are known. */
  readonly hex: string | undefined
  readonly ids: ReadonlySet<string>
  /** As SailPoint sends it, for comparing only. */
  readonly name: string
}

const HEX = /^[0-9a-f]{32}$/iu

/** What is known of a source without asking. */
export const identified = (sourceId: SourceId): Identified => ({
  hex: HEX.test(sourceId) ? sourceId : undefined,
  ids: new Set([sourceId]),
  name: ""
})

export const getSource = (api: ApiClient.Service, sourceId: SourceId) =>
  api.retry(
    api.attempt<Identified>({
      subject: { operation: "source", sourceId },
      route: route(api.tenant, "/{id}"),
      request: HttpClientRequest.get(`${api.tenant.origin}${route(api.tenant, `/${sourceId}`)}`).pipe(
        HttpClientRequest.acceptJson
      ),
      decode: (text) =>
        Option.match(decodeSource(text), {
          onNone: () => Result.fail({ reason: "the body is no JSON object of a source." }),
          onSome: ({ id, name, sourceId: hex }) => {
            const given = identified(sourceId)
            return Result.succeed({
              hex: given.hex ?? (typeof hex === "string" && HEX.test(hex) ? hex : undefined),
              ids: new Set([...given.ids, ...[id, hex].filter((value) => typeof value === "string")]),
              name: typeof name === "string" ? name : ""
            })
          }
        })
    })
  )

const decodeSource = decodeJson(
  Schema.Struct({
    id: Schema.optionalKey(Schema.Unknown),
    sourceId: Schema.optionalKey(Schema.Unknown),
    name: Schema.optionalKey(Schema.Unknown)
  })
)
