/** GET of a source's schema attributes: the columns of its files. */
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as ApiClient from "./apiClient.ts"
import type { Columns } from "../CsvHeader.ts"
import { plainText } from "./plainText.ts"
import type { SourceId } from "../SourceId.ts"
import { decodeJson } from "./json.ts"
import { route } from "./tenant.ts"

/** SailPoint documents 18 at most. */
const MAX_COLUMNS = 40

export const getColumns = (api: ApiClient.Service, sourceId: SourceId) =>
  api.retry(
    api.attempt<Columns>({
      subject: { operation: "columns", sourceId },
      route: route(api.tenant, "/{id}/schema-attributes"),
      request: HttpClientRequest.get(
        `${api.tenant.origin}${route(api.tenant, `/${sourceId}/schema-attributes`)}`
      ).pipe(HttpClientRequest.acceptJson),
      maxBodyBytes: 512 * 1024,
      decode: (text, show = plainText) =>
        Option.match(decodeAttributes(text), {
          onNone: () => Result.fail({ reason: "the body is no JSON list of schema attributes." }),
          onSome: (attributes) => {
            const named = (wanted: boolean) =>
              attributes
                .filter(({ required }) => (required ?? false) === wanted)
                .map(({ technicalName }) => show(technicalName, 64))
                .slice(0, MAX_COLUMNS)
            return Result.succeed({ required: named(true), optional: named(false) })
          }
        })
    })
  )

const decodeAttributes = decodeJson(
  Schema.Array(
    Schema.Struct({
      technicalName: Schema.String,
      required: Schema.optionalKey(Schema.NullOr(Schema.Boolean))
    })
  )
)
