import { identity } from "effect/Function"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { trimInvisible } from "../text/trimInvisible.ts"

/**
 * Accepts any text, without surrounding white space. If the text is not a valid ID, the tool's error has a next step, which a
 * schema's error cannot have.
 */
export const SourceIdArgument = Schema.String.annotate({
  description:
    "ID of the source, never its name: 32 hexadecimal digits, or a UUID with dashes. Pass it exactly as given."
}).pipe(
  Schema.decodeTo(Schema.String, SchemaTransformation.transform({ decode: trimInvisible, encode: identity }))
)
