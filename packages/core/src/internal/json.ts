import * as Schema from "effect/Schema"

/** Returns none if the text is not JSON. */
export const parseJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** Returns none if the text is not JSON of this schema. */
export const decodeJson = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) =>
  Schema.decodeUnknownOption(Schema.fromJsonString(schema))
