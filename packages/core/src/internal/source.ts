/** GETs of one source: its two IDs, its name, and the columns of its files. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Columns } from "../CsvHeader.ts"
import type { SourceId } from "../SourceId.ts"
import type { Service } from "./apiClient.ts"
import { requestJson } from "./requestJson.ts"

/** The names of a source in requests and audit events. */
export interface Identified {
  /** The 32 hexadecimal digits, if they are known. */
  readonly hex: string | undefined
  readonly ids: ReadonlySet<unknown>
  /** As SailPoint sends it, for comparing only. */
  readonly name: string
}

const HEX = /^[0-9a-f]{32}$/iu

/** Returns what is known of a source without a request. */
export const identified = (sourceId: SourceId): Identified => ({
  hex: HEX.test(sourceId) ? sourceId : undefined,
  ids: new Set([sourceId]),
  name: ""
})

const Text = Schema.optionalKey(Schema.Unknown)

export const getSource = (api: Service, sourceId: SourceId) =>
  requestJson(api, {
    subject: { operation: "source", sourceId },
    path: "/{id}",
    schema: Schema.Struct({ id: Text, sourceId: Text, name: Text }),
    expected: "a JSON object of a source",
    read: ({ id, name, sourceId: hex }) =>
      Result.succeed<Identified>({
        hex: identified(sourceId).hex ?? (typeof hex === "string" && HEX.test(hex) ? hex : undefined),
        ids: new Set([sourceId, id, hex]),
        name: typeof name === "string" ? name : ""
      })
  })

/** SailPoint documents up to 18. */
const MAX_COLUMNS = 40

export const getColumns = (api: Service, sourceId: SourceId) =>
  requestJson(api, {
    subject: { operation: "columns", sourceId },
    path: "/{id}/schema-attributes",
    maxBodyBytes: 512 * 1024,
    schema: Schema.Array(
      Schema.Struct({
        technicalName: Schema.String,
        required: Schema.optionalKey(Schema.NullOr(Schema.Boolean))
      })
    ),
    expected: "a JSON list of schema attributes",
    read: (attributes, show) => {
      const named = (wanted: boolean) =>
        attributes
          .filter(({ required }) => (required ?? false) === wanted)
          .map(({ technicalName }) => show(technicalName, 64))
          .slice(0, MAX_COLUMNS)
      return Result.succeed<Columns>({ required: named(true), optional: named(false) })
    }
  })
