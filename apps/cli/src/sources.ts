import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { sourcesNamed } from "@sailpoint-bulk-upload/core/workspace"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { json, running, toggle } from "./command.ts"
import * as output from "./output.ts"

const flags = {
  name: Argument.String("name").pipe(
    Argument.withMetavar("NAME"),
    Argument.withDescription("Part of the name"),
    Argument.withDefault("")
  ),
  ownedByMe: toggle("owned-by-me", "Only sources whose account manager is the owner of the token"),
  json
}

export const sources = Command.make(
  "sources",
  flags,
  running(
    Effect.fn("cli.sources")(function* ({ json, name, ownedByMe }) {
      const { list } = yield* NonEmployeeSources
      const all = yield* list({ ownedByMe })
      const found = sourcesNamed(name, all)
      if (json) return yield* output.json({ sources: found, total: found.length })
      if (found.length > 0) {
        return yield* output.result(
          output.table([["NAME", "ID"], ...found.map(({ name, sourceId }) => [name, sourceId])])
        )
      }
      yield* output.note(
        all.length === 0
          ? `No source is visible to this token. Check the user level of its owner${ownedByMe ? "" : ", or try --owned-by-me"}.`
          : `None of the ${all.length} sources has a name that contains this text. Run the command without a name to list all.`
      )
    })
  )
).pipe(Command.withDescription("List the non-employee sources, with their IDs."))
