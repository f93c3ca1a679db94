import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { Wait } from "./wait.ts"

/**
 * SailPoint asked all callers of the key to back off for longer than this budget lets a request wait. Nothing was
 * sent.
 *
 * @category errors
 * @since 0.1.0
 */
export class LimitPaused extends Schema.TaggedError<LimitPaused>()("LimitPaused", {
  /** How much longer the back-off lasts. */
  remaining: Wait
}) {
  override get message(): string {
    return `SailPoint asked this client to send nothing for ${Duration.format(this.remaining)}.`
  }
}
