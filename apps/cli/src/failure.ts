/**
 * A failure as the command reports it: a message on standard error, a JSON document with `--json`, an exit code.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { End } from "./End.ts"
import * as ExitCode from "./ExitCode.ts"
import * as output from "./output.ts"

/** What the library's errors have in common. */
interface Failed {
  readonly _tag: string
  readonly message: string
  readonly summary?: string
  readonly nextStep?: string
  readonly retryable?: boolean
  readonly retryAfter?: Duration.Duration | undefined
  readonly httpStatus?: number | undefined
  readonly detailCode?: string | undefined
  readonly trackingId?: string | undefined
}

/** The same fields as a failed MCP tool. */
export const toJson = (error: Failed) => ({
  error: error._tag,
  message: error.summary ?? error.message,
  nextStep: error.nextStep ?? "Run the command with --help.",
  retryable: error.retryable ?? false,
  retryAfterSeconds:
    error.retryAfter === undefined ? undefined : Math.ceil(Duration.toSeconds(error.retryAfter)),
  httpStatus: error.httpStatus,
  detailCode: error.detailCode,
  trackingId: error.trackingId
})

/** Reports a failure; `extra` is added to its JSON document. */
export const reportFailure = (error: Failed, json: boolean, extra: object = {}): Effect.Effect<void> =>
  Effect.andThen(output.note(error.message), json ? output.json({ ...toJson(error), ...extra }) : Effect.void)

/** Ends a command: a failure is reported and becomes its exit code, and a bug becomes a sentence without a stack trace. */
export const ended = <A, E extends Failed, R>(
  command: Effect.Effect<A, E, R>,
  json: boolean
): Effect.Effect<void, End, R> =>
  command.pipe(
    Effect.asVoid,
    Effect.catchDefect((defect) => Effect.andThen(Effect.logDebug("Defect", defect), Effect.fail(BUG))),
    Effect.catchIf(
      (error): error is Exclude<E | Failed, End> => !(error instanceof End),
      (error) => Effect.andThen(reportFailure(error, json), End.with(ExitCode.ofTag(error._tag)))
    )
  )

const BUG: Failed = {
  _tag: "InternalError",
  message: "The command failed unexpectedly. Run it again with --log-level debug, and report what it prints.",
  summary: "The command failed unexpectedly.",
  nextStep: "Run it again with --log-level debug, and report what it prints."
}
