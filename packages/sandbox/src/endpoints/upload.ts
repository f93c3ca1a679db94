/** The upload of a CSV file. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Source } from "../Source.ts"
import { isoOf } from "../tenant/isoOf.ts"
import { readForm } from "./form.ts"
import { type Answer, type Admitted, badRequest, json } from "./responses.ts"

export const upload = ({ client, request, tenant }: Admitted, source: Source): Answer =>
  Effect.gen(function* () {
    const data = (yield* readForm(request)).get("data")
    if (!(data instanceof File)) {
      return yield* badRequest("The request has no file in the multipart field data.")
    }
    const file = tenant.read(source, yield* Effect.promise(() => data.text()))
    // SailPoint documents that the answer lists the errors, one per line.
    if (file.malformed.length > 0) return yield* badRequest(file.malformed.join("\n"))
    const now = yield* Clock.currentTimeMillis
    const { id } = tenant.upload(source, file, client.clientId, now)
    const at = isoOf(now)
    return json(202, { id, sourceId: source.sourceId, created: at, modified: at, status: "PENDING" })
  })
