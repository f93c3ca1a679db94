import * as DateTime from "effect/DateTime"

/** An instant, in milliseconds since the epoch, as SailPoint writes it. */
export const isoOf = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))
