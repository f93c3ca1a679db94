/**
 * A failure as the command reports it: a message on standard error, a JSON document with `--json`, an exit code.
 */
import * as Failure from "@sailpoint-bulk-upload/core/Failure"
import { nameVariables } from "@sailpoint-bulk-upload/core/Settings"
import * as Effect from "effect/Effect"
import * as ExitCode from "./ExitCode.ts"
import * as output from "./output.ts"

/** An error of the library, or one of Effect's, which has fewer fields. */
export type Failed = { readonly message: string } & (
  | Parameters<typeof Failure.fromError>[0]
  | { readonly _tag: string; readonly nextStep?: undefined }
)

/** Returns a failure as JSON, with the same fields as the MCP tools. */
export const toJson = (error: Failed): Failure.Failure =>
  error.nextStep === undefined
    ? {
        error: error._tag,
        message: error.message,
        nextStep: "Run the command with --help.",
        retryable: false
      }
    : { ...Failure.fromError(error), nextStep: nameVariables(error.nextStep) }

/** Returns the message with its next step. */
export const toText = ({ message, nextStep = "" }: Failed): string => message.replace(nextStep, nameVariables)

/** Reports a failure, with `extra` in its JSON document. */
export const reportFailure = (error: Failed, json: boolean, extra: object = {}): Effect.Effect<void> =>
  Effect.andThen(output.note(toText(error)), json ? output.json({ ...toJson(error), ...extra }) : Effect.void)

/** Ends a command: a failure is reported and becomes its exit code, and a bug becomes a sentence without a stack trace. */
export const ended = <R>(
  command: Effect.Effect<void, Failed, R>,
  json: boolean
): Effect.Effect<void, ExitCode.End, R> =>
  command.pipe(
    Effect.catchDefect((defect) => Effect.andThen(Effect.logDebug("Defect", defect), Effect.fail(BUG))),
    Effect.catchIf(
      (error): error is Failed => !(error instanceof ExitCode.End),
      (error) => Effect.andThen(reportFailure(error, json), ExitCode.end(ExitCode.ofTag(error._tag)))
    )
  )

const BUG: Failed = {
  _tag: "InternalError",
  message: "The command failed unexpectedly. Run it again with --log-level debug, and report the output.",
  summary: "The command failed unexpectedly.",
  nextStep: "Run it again with --log-level debug, and report the output.",
  retryable: false
}
