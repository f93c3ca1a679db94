import * as DateTime from "effect/DateTime"

/** Formats a time, in milliseconds since the epoch, like SailPoint. */
export const isoOf = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))
