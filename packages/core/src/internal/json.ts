/**
 * Texts that should be JSON.
 */
import * as Schema from "effect/Schema"

/** Nothing, when it is no JSON. */
export const parseJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** Nothing, when it is no JSON or not what the schema says. */
export const decodeJson = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) =>
  Schema.decodeUnknownOption(Schema.fromJsonString(schema))
