/**
 * Texts that should be JSON. `Schema.fromJsonString` says the same in a schema, and takes four times as long.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** Nothing, when it is no JSON. */
export const parseJson: (text: string) => Option.Option<unknown> = Option.liftThrowable(JSON.parse)

/** Nothing, when it is no JSON or not what the schema says. */
export const decodeJson = <A>(schema: Schema.ConstraintDecoder<A>): ((text: string) => Option.Option<A>) => {
  const decode = Schema.decodeUnknownOption(schema)
  return (text) => Option.flatMap(parseJson(text), decode)
}
