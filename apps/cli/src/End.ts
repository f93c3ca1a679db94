/**
 * The end of a command with an exit code. Effect's main runner reads the code from the error.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import { COMPLETED } from "./ExitCode.ts"

export class End extends Data.TaggedError("End")<{ readonly code: number }> {
  override readonly [Runtime.errorExitCode] = this.code

  /** Ends with this code; with 0, the command succeeds. */
  static with(code: number): Effect.Effect<void, End> {
    return code === COMPLETED ? Effect.void : Effect.fail(new End({ code }))
  }
}
