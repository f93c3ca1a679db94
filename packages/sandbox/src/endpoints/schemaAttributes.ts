/** The schema attributes of a source, and the template of its files. */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as SchemaAttribute from "../SchemaAttribute.ts"
import type { Source } from "../Source.ts"
import { isoOf } from "../tenant/isoOf.ts"
import { type Answer, type Admitted, json } from "./responses.ts"

export const listSchemaAttributes = ({ tenant }: Admitted, source: Source): Answer => {
  const created = isoOf(tenant.createdAt(source))
  return Effect.succeed(
    json(
      200,
      tenant.attributesOf(source).map(({ label, required, technicalName, type }, index) => ({
        id: `5a4da77b-0000-4000-8000-${source.id.slice(-8)}${index.toString(16).padStart(4, "0")}`,
        system: index < SchemaAttribute.system.length,
        type,
        label,
        technicalName,
        helpText: `The ${label.toLowerCase()} of the non-employee`,
        placeholder: label,
        required,
        created,
        modified: created
      }))
    )
  )
}

export const downloadTemplate = ({ tenant }: Admitted, source: Source): Answer => {
  const header = tenant.attributesOf(source).map(({ technicalName }) => technicalName)
  return Effect.succeed(HttpServerResponse.text(`${header.join(",")}\n`, { contentType: "text/csv" }))
}
