/**
 * Arguments that more than one tool takes.
 */
import * as Schema from "effect/Schema"

/**
 * Any text, so that one that is no id is answered by the tool, with what to do about it, and not by a
 * schema's complaint.
 */
export const SourceIdArgument = Schema.String.annotate({
  description:
    "Id of the source, never its name: 32 hexadecimal digits, or a UUID with dashes. Pass it exactly as given."
})
