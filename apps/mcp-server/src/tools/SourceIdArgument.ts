/**
 * Arguments that more than one tool takes.
 */
import { identity } from "effect/Function"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { trimInvisible } from "../text/trimInvisible.ts"

/**
 * Any text, without the white space that was copied along. If it is no ID, the tool reports that and what to do about it,
 * which a schema cannot.
 */
export const SourceIdArgument = Schema.String.annotate({
  description:
    "ID of the source, never its name: 32 hexadecimal digits, or a UUID with dashes. Pass it exactly as given."
}).pipe(
  Schema.decodeTo(Schema.String, SchemaTransformation.transform({ decode: trimInvisible, encode: identity }))
)
